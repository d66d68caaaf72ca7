import { Copyable } from "./Copyable.tsx";
import { Dialog } from "./Dialog.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  url: string;
  secret: string;
  /** Whether the webhook is new, and not only its secret. */
  isNew: boolean;
  onClose: () => void;
}

/** The only time that a secret is shown. */
export function SecretDialog({ url, secret, isNew, onClose }: Props) {
  return (
    <Dialog title={isNew ? "The webhook was added" : "The new secret"} look="secret" onClose={onClose}>
      <div class="drawer-part secret">
        <p>
          What is sent to <code>{url}</code> is signed with this secret:
        </p>
        <p>
          <Copyable text={secret} name="secret" fullName="secret" isSecret />
        </p>
        <p class="banner warn">
          <Icon name="info" />
          <span>
            Copy it now to where its programs find it: it is shown this once. Whoever has it can pretend to be
            us.
          </span>
        </p>
      </div>
      <div class="dialog-foot">
        <p />
        <button type="button" class="primary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
