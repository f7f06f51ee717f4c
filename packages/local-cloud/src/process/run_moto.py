"""Starts moto's server; its clock runs as fast as the local cloud's, so that dates and expiries agree."""

import datetime
import logging
import os
import time

FACTOR = float(os.environ["CLOUD_TIME_FACTOR"])
ORIGIN = float(os.environ["CLOUD_TIME_ORIGIN"])


def compress_time() -> None:
    real_time = time.time

    def cloud_time() -> float:
        return ORIGIN + (real_time() - ORIGIN) * FACTOR

    # Before moto is loaded: it looks up time.time by name, and utcnow by the function itself, whose code is exchanged below.
    time.time = cloud_time
    from moto.core import utils

    def utcnow():
        return datetime.datetime.fromtimestamp(
            _cloud_time(), datetime.timezone.utc
        ).replace(tzinfo=None)

    utils._cloud_time = cloud_time
    utils.utcnow.__code__ = utcnow.__code__


if __name__ == "__main__":
    if FACTOR != 1:
        compress_time()
    # One line a request, which nobody reads, costs a tenth of the time; the line with the port comes at level INFO too.
    from moto.server import main
    from werkzeug.serving import WSGIRequestHandler

    WSGIRequestHandler.log_request = lambda *_arguments: None
    logging.getLogger("werkzeug").setLevel(logging.INFO)
    main(["--host", "127.0.0.1", "--port", "0"])
