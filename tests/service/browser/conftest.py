"""The service on a loopback port, a real provider to sign in at, and a real Chromium."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import uvicorn

from iacrisk.service.app import make_app
from iacrisk.service.people.admin_token import issue_admin_token
from iacrisk.service.people.person import Lifetimes
from iacrisk.service.secret import Secret
from iacrisk.service.settings import AdminToken, Settings, SignIn
from iacrisk.service.storage import Store
from tests.service.provider import CLIENT, SECRET, running_provider

if TYPE_CHECKING:
    from litestar import Litestar

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

DESKTOP: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
_SHOTS: Final = "SERVICE_SCREENSHOTS"
"""The variable that names a folder for pictures of every page that a test looks at."""


class Running:
    """A service that answers on this machine."""

    def __init__(self, url: str, app: Litestar) -> None:
        self.url = url
        self.store: Store = app.state["store"]

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    def admin_token(self) -> str:
        with self.store.begin() as connection:
            return issue_admin_token(connection, self.now(), Lifetimes())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium; closed after each module, as its driver keeps an event loop going."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Makes pages of fresh browsers; a test fails where one of them reports an error."""
    problems: list[str] = []
    with contextlib.ExitStack() as stack:

        def come(**options: Any) -> Any:
            context = chromium.new_context(**{"viewport": DESKTOP, **options})
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("dialog", lambda dialog: problems.append(f"a dialog: {dialog.message}"))
            page.on("console", partial(_note, page, problems))
            return page

        yield come
    assert problems == []


def _note(page: Any, problems: list[str], said: Any) -> None:
    """What a page of ours complains of; the provider's pages want fonts from elsewhere."""
    if said.type == "error" and "/interaction/" not in page.url and "status of 4" not in said.text:
        problems.append(said.text)


@pytest.fixture
def shoot() -> Callable[[Any, str], None]:
    """Keeps a picture of a page where the environment names a folder for them."""
    folder = os.environ.get(_SHOTS)

    def keep(page: Any, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            seen = page.viewport_size
            tall = page.evaluate("document.documentElement.scrollHeight")  # else rows stay blank
            page.set_viewport_size({**seen, "height": max(tall, seen["height"])})
            page.screenshot(path=str(Path(folder, f"{name}.png")))
            page.set_viewport_size(seen)

    return keep


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A service without a provider."""
    with serving(settings_in(tmp_path)) as found:
        yield found


@pytest.fixture
def running_with_provider(tmp_path: Path) -> Iterator[Running]:
    """A service whose people sign in at a real provider."""
    port = free_port()
    with running_provider(f"http://127.0.0.1:{port}/sign-in/callback") as issuer:
        sign_in = SignIn(
            issuer=issuer,
            client_id=CLIENT,
            client_secret=Secret(SECRET),
            provider_name="Example ID",
            scope="openid email profile groups",
            viewers=("staff",),
            approvers=("platform",),
            admins=("iacrisk-admins",),
            admin_token=AdminToken.ALWAYS,
        )
        with serving(settings_in(tmp_path, port=port, sign_in=sign_in)) as found:
            yield found


def settings_in(folder: Path, port: int = 0, sign_in: SignIn | None = None) -> Settings:
    port = port or free_port()
    return Settings(
        host="127.0.0.1",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        data_folder=str(folder / "data"),
        sign_in=sign_in or SignIn(tries=1000),
    )


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[Running]:
    app = make_app(settings)
    config = uvicorn.Config(app, host=settings.host, port=settings.port, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < deadline, "the service did not start in time"
        time.sleep(0.05)
    try:
        yield Running(settings.public_url, app)
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
