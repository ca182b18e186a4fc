"""A person's way through the console of a server that runs.

SLUICE_CONSOLE_URL      where it is: http://127.0.0.1:8080
SLUICE_CONSOLE_PROJECT  the directory, within the server's roots, of a git repository with Pipelines/examples/calc
SLUICE_CONSOLE_MODEL    the model that mends it in two iterations: scripted/…/calc.script.json
SLUICE_CONSOLE_STEPS    a directory with the models of a pipeline with steps: plan.json writes tasks.txt and hands on two tasks
SLUICE_CONSOLE_SHOTS    where pictures are put; none are made without it
SLUICE_CONSOLE_KEY      a key, for a server that wants one
"""

import json
import os
import pathlib
import re
import urllib.parse

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

URL = os.environ.get("SLUICE_CONSOLE_URL", "").rstrip("/")
SHOTS = os.environ.get("SLUICE_CONSOLE_SHOTS")
AUDIT = (pathlib.Path(__file__).parent / "audit.js").read_text()
PAGES = ["/", "/approvals", "/new", "/pipelines", "/pipelines/pytest", "/modules", "/benchmarks"]

pytestmark = pytest.mark.skipif(not URL, reason="SLUICE_CONSOLE_URL names no server")


class Console:
    """The console in one browser."""

    def __init__(self, browser, name):
        self.browser = browser
        self.name = name

    def open(self, path):
        self.browser.get(URL + path)
        self.until(lambda it: it.title != "Sluice" or self.key_fields(), f"{path} did not open")
        for field in self.key_fields():
            field.send_keys(os.environ["SLUICE_CONSOLE_KEY"], Keys.ENTER)
        self.until(lambda it: it.title != "Sluice", f"{path} did not open")

    def key_fields(self):
        return self.browser.find_elements(By.CSS_SELECTOR, "dialog input[type=password]")

    def until(self, condition, text, seconds=30):
        return WebDriverWait(self.browser, seconds, 0.05).until(condition, text)

    def find(self, selector):
        return self.until(lambda it: it.find_elements(By.CSS_SELECTOR, selector), f"no {selector}")[0]

    def text(self, selector):
        return self.find(selector).text

    def says(self, selector, text, seconds=30):
        script = "return [...document.querySelectorAll(arguments[0])].some((it) => it.textContent.includes(arguments[1]))"
        self.until(lambda it: it.execute_script(script, selector, text), f"{selector} does not say '{text}'", seconds)

    def field(self, label):
        path = f"//label[normalize-space(text())='{label}']"
        return self.find_id(self.browser.find_element(By.XPATH, path).get_attribute("for"))

    def find_id(self, name):
        return self.browser.find_element(By.ID, name)

    def press(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def picture(self, name):
        if SHOTS:
            pathlib.Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.browser.save_screenshot(f"{SHOTS}/{self.name}-{name}.png")

    def audit(self):
        return self.browser.execute_script(AUDIT)

    def mistakes(self):
        """What the browser complains of; that a key was asked for is none."""
        said = [it["message"] for it in self.browser.get_log("browser") if it["level"] == "SEVERE"]
        return [it for it in said if "SLUICE_CONSOLE_KEY" not in os.environ or "(Unauthorized)" not in it]


@pytest.fixture(scope="module")
def console(make_browser):
    return Console(make_browser(), "wide-light")


def choose_pytest(console):
    Select(console.field("Pipeline")).select_by_value("pytest")
    console.says(".pipeline-about", "Goal: pytest")


def start(console):
    """Starts the example from the form; afterwards the run waits for a person."""
    console.open("/new")
    choose_pytest(console)
    directory = console.field("Project directory")
    directory.clear()
    directory.send_keys(os.environ["SLUICE_CONSOLE_PROJECT"])
    console.field("Model").send_keys(os.environ["SLUICE_CONSOLE_MODEL"])
    Select(console.field("Human gate")).select_by_value("after_failed_check")
    # Beside the project, so that the next test finds it as it was.
    Select(console.field("Workspace")).select_by_value("worktree")
    console.picture("new")
    console.find("form.new-run button[type=submit]").click()

    console.until(lambda it: "/runs/" in it.current_url, "the run was not started")
    console.says(".question-card h2", "After a check", 60)
    console.says(".badge", "waiting")


@pytest.fixture(scope="module")
def finished(console):
    """A run that was started, watched and answered by a person; its address."""
    start(console)
    console.says("[aria-current=step]", "Person")
    console.until(lambda it: re.match(r"\(\d+\) waiting: pytest", it.title), "the title does not count the question")
    console.picture("question")
    assert console.audit() == []
    console.press("a")

    console.says(".badge", "achieved", 60)
    console.says(".panel", "Holds")
    console.says("[aria-current=step]", "End")
    console.until(lambda it: not it.find_elements(By.CSS_SELECTOR, ".question-card"), "the question stayed")
    console.picture("achieved")
    return console.browser.current_url.removeprefix(URL)


def test_a_run_is_started_watched_answered_and_green(console, finished):
    assert "All 5 tests pass." in console.text(".run-head")
    kinds = [it.get_attribute("data-kind") for it in console.browser.find_elements(By.CSS_SELECTOR, ".timeline > li")]
    assert kinds.count("iteration") == 2
    assert kinds.count("check") == 3
    assert kinds.count("question") == 1
    assert kinds[-1] == "end"
    trail = [it.text for it in console.browser.find_elements(By.CSS_SELECTOR, ".trail a")]
    assert trail == ["3", "2", "✓"]
    assert console.mistakes() == []


def test_a_call_shows_its_arguments_and_output(console, finished):
    console.open(finished)
    console.says(".call .tool", "file_patch")
    console.press("o")
    console.says(".call[open] .arguments", "return b - a")
    console.says(".call[open] .output", "Replaced 1 occurrence")
    console.picture("calls")
    assert console.audit() == []


def test_what_was_changed_is_shown(console, finished):
    console.open(f"{finished}/diff")
    console.says(".diff .added", "return a - b")
    console.says(".diff .removed", "return b - a")
    console.picture("changes")
    starts = console.field("From")
    Select(starts).select_by_visible_text("iteration 1")
    console.until(
        lambda it: "return a - b" not in it.find_element(By.CSS_SELECTOR, ".run-main").text
        and "len(numbers)" in it.find_element(By.CSS_SELECTOR, ".run-main").text,
        "the diff from iteration 1 is that from the start",
    )
    assert console.audit() == []


def test_a_person_steers_a_run(console):
    start(console)
    console.press("s")
    iterations = console.field("Iterations")
    iterations.clear()
    iterations.send_keys("7", Keys.ENTER)
    console.says(".timeline", "iterations 7")
    console.says(".figures", "1 of 7")
    console.press("m")
    console.field("Message").send_keys("Look at the mean.")
    console.find("dialog button[type=submit]").click()
    console.says(".timeline .person", "Look at the mean.")
    console.press("X")
    console.picture("abort")
    console.field("Reason").send_keys("Enough seen.", Keys.ENTER)
    console.says(".badge", "aborted")
    console.says(".reason", "Enough seen.")
    console.until(lambda it: not it.find_elements(By.CSS_SELECTOR, ".question-card"), "the question stayed")
    console.says(".actions", "Roll back")
    console.press("b")
    Select(console.field("The files as they were")).select_by_visible_text("the start")
    console.find("dialog button[type=submit]").click()
    console.says(".timeline", "The files are as they were at the start.")
    console.press("D")
    console.find("dialog button[type=submit]").click()
    console.says("h1", "Runs")
    assert console.mistakes() == []


def test_a_question_is_rejected_with_a_message(console):
    start(console)
    run = console.browser.current_url.removeprefix(URL)
    console.open("/approvals")
    console.says(".question-card h2", "After a check")
    console.press("r")
    console.until(lambda it: it.switch_to.active_element.tag_name == "textarea", "there is no field for why")
    console.browser.switch_to.active_element.send_keys("Begin with test_mean.", Keys.CONTROL + Keys.ENTER)
    console.until(lambda it: not it.find_elements(By.CSS_SELECTOR, ".question-card"), "the question stayed")
    console.open(run)
    console.says(".timeline", "Rejected")
    console.says(".timeline", "Begin with test_mean.")
    # A no with a message goes on with what was said.
    console.says(".badge", "achieved", 60)
    assert console.mistakes() == []


def test_a_run_that_was_aborted_goes_on(console):
    start(console)
    console.press("X")
    console.field("Reason").send_keys("Not now.", Keys.ENTER)
    console.says(".badge", "aborted")
    console.says(".actions", "Resume")
    console.press("u")
    for button in console.browser.find_elements(By.CSS_SELECTOR, "dialog button[type=submit]"):
        button.click()
    console.says(".badge", "achieved", 60)
    assert console.mistakes() == []


def test_the_run_stands_in_the_list(console, finished):
    console.open("/")
    run = finished.split("/")[2]
    console.says(f"tr[data-run='{run}']", "achieved")
    console.press("/")
    console.browser.switch_to.active_element.send_keys("no such text anywhere")
    console.says(".empty-title", "No run fits these filters.")
    assert console.mistakes() == []


def test_what_stands_in_a_column_stands_below_its_name(console, finished):
    console.open("/")
    console.says(".runs tbody tr", "achieved")
    lefts = console.browser.execute_script(
        "return [...document.querySelectorAll('.runs tr')].map((row) =>"
        " [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left)))"
    )
    assert len(lefts) > 1
    assert all(row == lefts[0] for row in lefts)


def test_a_pipeline_is_checked_while_it_is_written(console):
    console.open("/new")
    console.browser.find_element(By.CSS_SELECTOR, "[data-source=yaml]").click()
    area = console.find(".editor textarea")
    area.clear()
    area.send_keys("name: x\ngoal: pytest\nlimts: 3")
    console.says(".lint .error", "limts")
    assert [it.text for it in console.browser.find_elements(By.CSS_SELECTOR, ".gutter .error")] == ["3"]
    assert area.get_attribute("aria-invalid") == "true"
    console.picture("lint")
    area.send_keys(Keys.BACKSPACE * len("limts: 3"))
    console.says(".lint .fine", "No problem found.")


def test_an_error_stands_at_its_field(console):
    console.open("/new")
    choose_pytest(console)
    console.find("details.more summary").click()
    console.field("Cost").send_keys("x")
    console.find("form.new-run button[type=submit]").click()
    console.until(lambda it: it.find_elements(By.CSS_SELECTOR, "[aria-invalid=true]"), "no field is marked")
    assert console.browser.switch_to.active_element == console.field("Cost")
    assert "cost" in console.browser.find_element(By.CSS_SELECTOR, ".field:has([aria-invalid]) .wrong").text.lower()


def test_the_keyboard_is_enough(console):
    console.open("/")
    console.press(Keys.TAB)
    assert console.browser.switch_to.active_element.text == "Skip to the content"
    console.press(Keys.ENTER)
    assert console.browser.switch_to.active_element.get_attribute("id") == "main"
    for keys, heading in [("gp", "Pipelines"), ("gm", "Modules"), ("ga", "Approvals"), ("gb", "Benchmarks"), ("n", "New run"), ("gr", "Runs")]:
        console.press(*keys)
        console.says("h1", heading)
        console.until(lambda it: it.switch_to.active_element.tag_name == "h1", f"{heading}: the focus stays behind")
    console.press("?")
    console.says("dialog[open]", "Next run")
    console.picture("help")
    console.press(Keys.ESCAPE)
    console.until(lambda it: not it.find_elements(By.CSS_SELECTOR, "dialog"), "the help stays")


def record(day, rate, time, **more):
    figures = [("engine, steps, 1000 steps, rate", rate, "steps/s"), ("load, yaml, pytest, 3 lines, time", time, "µs")]
    return {
        "file": f"202601{day:02}T120000.000Z.json", "at": f"2026-01-{day:02}T12:00:00.000Z", "version": f"0.1.{day}",
        "build": "release", "machine": {"cores": 2, "memory_mb": 4000, "filesystem": "ext4"}, "problems": [],
        "figures": [{"name": name, "value": value, "unit": unit} for name, value, unit in figures], **more,
    }


BENCHMARKS = [record(4, 80, 2.5), record(3, 100, 5), record(2, 100, 5, build="debug"), record(1, 100, 5)]


def answer_benchmarks(console, items, skipped=()):
    """Has the page find these records, whatever has been measured on this machine."""
    script = """
        const others = window.fetch;
        window.fetch = async (path, ...rest) => path === "/api/v1/benchmarks" ? Response.json(%s) : others(path, ...rest);
    """ % json.dumps({"items": items, "next": None, "skipped": list(skipped)})
    return console.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})["identifier"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_benchmarks_are_drawn_and_told(make_browser, width, scheme):
    console = Console(make_browser(width=width, scheme=scheme), f"{width}-{scheme}")
    answer_benchmarks(console, BENCHMARKS, [{"file": "x.json", "reason": "It is no JSON."}])
    console.open("/benchmarks")
    console.says(".lead", "version 0.1.4, release build, 2 cores, 4\u00a0GB, ext4")
    console.says(".lead", "1 run of another build is left out.")
    console.says("main", "x.json: It is no JSON.")
    changes = [it.text for it in console.browser.find_elements(By.CSS_SELECTOR, ".change")]
    assert changes == ["−20 %, worse", "−50 %, better"]
    slider = console.find(".plot")
    assert slider.get_attribute("aria-label") == "steps · 1000 steps · rate, history"
    console.browser.execute_script("arguments[0].focus()", slider)
    console.press(Keys.HOME)
    assert "100\u00a0steps/s" in slider.get_attribute("aria-valuetext")
    assert "version 0.1.1" in slider.get_attribute("aria-valuetext")
    console.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert slider.get_attribute("aria-valuenow") == "3"
    assert "version 0.1.4" in slider.get_attribute("aria-valuetext")
    ActionChains(console.browser).move_to_element_with_offset(slider, -100, 0).perform()
    assert slider.get_attribute("aria-valuenow") == "1"
    console.find("details.small summary").click()
    console.picture("benchmarks-drawn")
    for summary in console.browser.find_elements(By.CSS_SELECTOR, "section details summary"):
        summary.click()
    tables = lambda it: len(it.find_elements(By.CSS_SELECTOR, "section tbody tr")) == 2
    console.until(tables, "the tables were not filled")
    rows = [it.text.split("\n")[0] for it in console.browser.find_elements(By.CSS_SELECTOR, "section tbody tr")]
    assert rows == ["steps · 1000 steps · rate 80 steps/s 100 steps/s −20 %, worse 3", "yaml · pytest · 3 lines · time 2.5 µs 5 µs −50 %, better 3"]
    assert console.audit() == []
    assert console.mistakes() == []


def test_without_benchmarks_the_page_names_the_command(console):
    script = answer_benchmarks(console, [])
    console.open("/benchmarks")
    console.says(".empty", "Run sluice bench all --json on this machine")
    assert console.audit() == []
    console.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})


def test_the_audit_finds_what_is_wrong(console):
    console.open("/modules")
    assert console.audit() == []
    console.browser.execute_script("""
        const pale = document.createElement("p");
        pale.textContent = "pale";
        pale.style.color = getComputedStyle(document.documentElement).backgroundColor;
        const wide = document.createElement("div");
        wide.style.cssText = "width: 5000px; height: 10px";
        wide.id = "main";
        document.querySelector("main").append(pale, wide, document.createElement("button"), document.createElement("h1"));
    """)
    found = "; ".join(console.audit())
    for text in ("'pale': contrast 1.00", "button", "has no name", "the id 'main' is there twice", "2 h1", "wide in a window"):
        assert text in found


def test_the_theme_can_be_switched(console):
    console.open("/")
    colour = "return getComputedStyle(document.documentElement).backgroundColor"
    before = console.browser.execute_script(colour)
    button = console.find("#theme")
    button.click()
    button.click()
    assert button.text == "Theme: dark"
    assert console.browser.execute_script(colour) != before
    button.click()
    assert console.browser.execute_script(colour) == before


STEPS = """
name: stepwise
model: scripted/{0}/look.json
goal: {{ gate: command, with: {{ command: "test -f tasks.txt" }} }}
limits: {{ iterations: 2 }}
workspace: {{ isolation: worktree }}
steps:
  - id: plan
    model: scripted/{0}/plan.json
    outputs: {{ tasks: {{ type: list, help: "What is to be looked at." }} }}
  - id: look
    needs: [plan]
    each: "${{steps.plan.tasks}}"
    instructions: Look at ${{item}}.
  - {{ id: lint, gate: command, with: {{ command: "false" }}, needs: [plan], on_failure: ignore }}
  - {{ id: mend, needs: [lint], if: steps.plan.failed }}
  - {{ id: ship, human: "Ship ${{steps.look.summary}}?", needs: [look, plan] }}
"""


def stages(console):
    """How far each step is, by the picture."""
    boxes = console.browser.find_elements(By.CSS_SELECTOR, "[data-step]")
    return {it.get_attribute("data-step"): it.get_attribute("data-stage") for it in boxes}


@pytest.fixture(scope="module")
def stepwise(console):
    """A run with steps that waits for a person in its first pass; its address."""
    # The browser tells its complaints once; those that tests before this one provoked are no concern of it.
    console.mistakes()
    console.open("/new")
    draft = STEPS.format(os.environ["SLUICE_CONSOLE_STEPS"])
    console.browser.execute_script("sessionStorage.setItem('sluice.draft', arguments[0])", draft)
    console.open("/new")
    console.find("[data-source=yaml]").click()
    console.says(".lint .fine", "No problem found.")
    console.field("Project directory").clear()
    console.field("Project directory").send_keys(os.environ["SLUICE_CONSOLE_PROJECT"])
    console.find("form.new-run button[type=submit]").click()
    console.until(lambda it: "/runs/" in it.current_url, "the run was not started")
    console.says(".question-card h2", "A step of the pipeline", 60)
    return console.browser.current_url.removeprefix(URL)


def test_steps_are_drawn_as_far_as_they_are(console, stepwise):
    console.open(stepwise)
    first = {"plan": "passed", "look": "passed", "lint": "failed", "mend": "skipped", "ship": "held", "(goal)": "later", "(end)": "later"}
    console.until(lambda _: stages(console) == first, "the first pass is not drawn")
    assert console.text(".question-card .question-text").startswith("Ship 1. passed: Looked at it.")
    console.says(".loop-text", "pass 1 of 2")
    console.says(".graph p.unseen", "Pass 1 of 2. ship: waits for a person.")
    current = console.browser.find_elements(By.CSS_SELECTOR, ".graph [aria-current=step]")
    assert [it.get_attribute("textContent") for it in current] == [
        "ship, question: Ship ${steps.look.summary}?, needs look, plan: waits for a person"
    ]
    assert console.audit() == []
    console.picture("steps-waiting")

    run = stepwise.split("/")[2]
    links = console.browser.find_elements(By.CSS_SELECTOR, "[data-step=look] a")
    assert [it.get_attribute("aria-label") for it in links] == [f"Run {run}-1-2-{number} of step look" for number in (1, 2)]
    console.browser.execute_script("arguments[0].focus()", links[1])
    console.press(Keys.ENTER)
    console.says("h1", f"{run}-1-2-2")
    console.says(".said", "Looked at it.")
    console.browser.back()
    console.says(".question-card h2", "A step of the pipeline")

    console.press("r")
    console.until(lambda it: it.switch_to.active_element.tag_name == "textarea", "there is no field for why")
    console.browser.switch_to.active_element.send_keys("Look once more.", Keys.CONTROL + Keys.ENTER)
    console.says(".loop-text", "pass 2 of 2", 60)
    console.until(lambda _: stages(console) == first, "the second pass is not drawn", 60)
    console.says(".question-card h2", "A step of the pipeline", 60)
    console.press("a")
    console.says(".badge", "achieved", 60)
    last = first | {"ship": "passed", "(goal)": "passed", "(end)": "passed"}
    console.until(lambda _: stages(console) == last, "the end is not drawn")
    console.picture("steps-achieved")
    entries = console.browser.find_elements(By.CSS_SELECTOR, "[data-kind=step]")
    heads = [" ".join(it.find_element(By.CSS_SELECTOR, ".entry-head").text.split()[:3]) for it in entries]
    assert sorted(heads[:5]) == ["Step lint failed", "Step look passed", "Step mend left", "Step plan passed", "Step ship failed"]
    assert sorted(heads[5:]) == ["Step lint failed", "Step look passed", "Step mend left", "Step plan passed", "Step ship passed"]
    assert console.mistakes() == []


def test_steps_are_drawn_before_any_run(console):
    file = pathlib.Path(os.environ["SLUICE_CONSOLE_STEPS"]) / "stepwise.yaml"
    file.write_text(STEPS.format(file.parent))
    console.open("/pipelines/" + urllib.parse.quote(str(file), safe=""))
    console.says(".graph p.unseen", "Up to 2 passes. No step is under way.")
    assert set(stages(console).values()) == {"later"}
    console.picture("steps-of-a-pipeline")
    assert console.audit() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_steps_can_be_read_by_everyone(make_browser, stepwise, width, scheme):
    console = Console(make_browser(width=width, scheme=scheme), f"{width}-{scheme}")
    console.open(stepwise)
    console.find("[data-step=plan]")
    console.until(lambda it: it.execute_script("return document.fonts.status") == "loaded", "fonts")
    console.says(".connection", "history complete")
    console.picture("steps")
    assert console.audit() == []
    assert console.mistakes() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_can_be_read_by_everyone(make_browser, finished, width, scheme):
    console = Console(make_browser(width=width, scheme=scheme), f"{width}-{scheme}")
    found = {}
    for path in [*PAGES, finished, f"{finished}/diff", f"{finished}/pipeline"]:
        console.open(path)
        console.find("h1")
        console.until(lambda it: it.execute_script("return document.fonts.status") == "loaded", "fonts")
        if path.startswith(finished):
            console.says(".badge", "achieved")
            console.says(".connection", "history complete")
        console.picture(path.strip("/").replace("/", "-") or "runs")
        found |= {path: problems for problems in [console.audit()] if problems}
    assert found == {}
    assert console.mistakes() == []


def test_nothing_is_asked_of_another_host(console, finished):
    console.open(finished)
    console.says(".connection", "history complete")
    script = "return performance.getEntriesByType('resource').map((it) => it.name)"
    names = console.browser.execute_script(script)
    assert len(names) > 20
    assert [name for name in names if not name.startswith(URL)] == []
