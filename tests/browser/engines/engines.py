"""An adapter for each engine: open, evaluate, press, type, photograph. The promises know nothing else of a browser."""

import json
import os
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).parent
MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"


class Chromium:
    """Driven by Playwright."""

    def __init__(self) -> None:
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import CHROMIUM, FLAGS

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        self._page = self._browser.new_page()

    def open(self, url: str, width: int, height: int) -> None:
        self._page.set_viewport_size({"width": width, "height": height})
        self._page.goto(url)

    def evaluate(self, code: str) -> object:
        return self._page.evaluate(code)

    def press(self, *keys: str) -> None:
        self._page.keyboard.press("+".join(keys))

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)

    def photograph(self, file: Path) -> None:
        self._page.screenshot(path=file)

    def close(self) -> None:
        self._browser.close()
        self._playwright.stop()


class Firefox:
    """Driven by puppeteer-core, over WebDriver BiDi."""

    def __init__(self) -> None:
        command = ["node", str(HERE / "firefox.mjs"), os.environ.get("ENCODER_LAB_FIREFOX", "/usr/bin/firefox-esr")]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def _ask(self, name: str, **given: object) -> object:
        self._node.stdin.write(json.dumps({"name": name, **given}) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def open(self, url: str, width: int, height: int) -> None:
        self._ask("open", url=url, width=width, height=height)

    def evaluate(self, code: str) -> object:
        return self._ask("evaluate", code=code)

    def press(self, *keys: str) -> None:
        self._ask("press", keys=keys)

    def type(self, text: str) -> None:
        self._ask("type", text=text)

    def photograph(self, file: Path) -> None:
        self._ask("photograph", file=str(file))

    def close(self) -> None:
        self._node.stdin.close()
        self._node.wait(30)


class WebKit:
    """Driven by Selenium: WebKitGTK's MiniBrowser, on a screen of its own."""

    def __init__(self) -> None:
        from selenium.webdriver import WebKitGTK, WebKitGTKOptions
        from selenium.webdriver.webkitgtk.service import Service

        self._screen = subprocess.Popen(["Xvfb", ":97", "-screen", "0", "2000x1400x24"], stderr=subprocess.DEVNULL)
        os.environ["DISPLAY"] = ":97"
        time.sleep(1)
        options = WebKitGTKOptions()
        options.binary_location = os.environ.get("ENCODER_LAB_MINI_BROWSER", MINI_BROWSER)
        options.add_argument("--automation")
        self._driver = WebKitGTK(options=options, service=Service("/usr/bin/WebKitWebDriver"))

    def open(self, url: str, width: int, height: int) -> None:
        self._driver.get(url)
        for _ in range(3):  # the window is asked for, the page inside it is what counts
            inner = self._driver.execute_script("return [window.innerWidth, window.innerHeight]")
            if inner == [width, height]:
                break
            size = self._driver.get_window_size()
            self._driver.set_window_size(size["width"] + width - inner[0], size["height"] + height - inner[1])
            time.sleep(0.3)

    def evaluate(self, code: str) -> object:
        return self._driver.execute_script(f"return ({code})")

    def press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains, Keys

        chain = ActionChains(self._driver)
        named = [getattr(Keys, key.upper(), key) for key in keys]
        for key in named:
            chain.key_down(key)
        for key in reversed(named):
            chain.key_up(key)
        chain.perform()

    def type(self, text: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self._driver).send_keys(text).perform()

    def photograph(self, file: Path) -> None:
        self._driver.save_screenshot(str(file))

    def close(self) -> None:
        self._driver.quit()
        self._screen.terminate()
