"""The engine as a process of its own: `SOCKET HOST MAX_VIEWERS ENGINE`. Commands come as in `_control`."""

import asyncio
import gc
import json
import logging
import sys
from typing import Any, get_args

from streaming.commands import parse_command
from streaming.errors import StreamingError
from streaming.fanout import Engine
from streaming.worker import MediaWorker, WorkerConfig
from tests.bench._control import LINE
from tests.bench._report import say


async def main(path: str, host: str, viewers: int, engine: Engine) -> None:
    logging.basicConfig(level=logging.WARNING)
    config = WorkerConfig(host=host, public_host=host, max_viewers=viewers, engine=engine)
    worker = MediaWorker(config, lambda event: None)
    await worker.start()

    async def answer(line: bytes) -> bytes:
        try:
            found: dict[str, Any] = await worker.handle(parse_command(json.loads(line)))
        except StreamingError as error:
            found = {"error": f"{error.code}: {error}"}
        return json.dumps(found).encode() + b"\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        while data := await reader.read(LINE):  # all that came: this wire is not what is measured
            *lines, rest = (rest + data).split(b"\n")
            writer.write(b"".join([await answer(line) for line in lines]))
            await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, path, limit=LINE)
    gc.freeze()
    say("ready")
    await server.serve_forever()


if __name__ == "__main__":
    chosen = next(one for one in get_args(Engine) if one == sys.argv[4])
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), chosen))
