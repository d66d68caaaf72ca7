"""The stack on other implementations of AWS than the one of `make up`, so that no mistake of an emulator hides ours."""
