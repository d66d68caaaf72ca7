"""MiniStack with Nagle's algorithm switched off in its Lambda runtime API, where it costs 45 ms an invocation."""

import socketserver

from ministack.app import main

socketserver.StreamRequestHandler.disable_nagle_algorithm = True

if __name__ == "__main__":
    main()
