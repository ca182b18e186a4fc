"""The console's pure modules, tested where they run: in a browser."""

import json

from selenium.webdriver.support.ui import WebDriverWait


def test_modules(make_browser, repository):
    browser = make_browser()
    browser.get(f"{repository}/Tests/Console/units.html")
    script = "return document.documentElement.dataset.results"
    try:
        results = WebDriverWait(browser, 20).until(lambda it: it.execute_script(script))
    except Exception as error:
        log = [entry["message"] for entry in browser.get_log("browser")]
        raise AssertionError(f"The tests did not run: {log}") from error
    results = json.loads(results)
    assert len(results) >= 40
    wrong = [f"{one['name']}: {one['error']}" for one in results if one["error"]]
    assert not wrong, "\n".join(wrong)
