import { render } from "preact";
import "./styles/main.css";
import { resume } from "./state/session.ts";
import { App } from "./ui/App.tsx";

void resume();
render(<App />, document.getElementById("app") as HTMLElement);
