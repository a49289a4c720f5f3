"""Looks at the console with a real browser, and says what it saw.

    console_browser.py SCENARIO --url URL --database URL --query-database URL --token TOKEN --screenshots FOLDER
                       --chromium PROGRAM --chromedriver PROGRAM

Each scenario makes its own trouble in the database, and ends with an error at the first thing that is not as it must be.
"""

import argparse
import base64
import os
import subprocess
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import legibility

PATIENCE = 30


def main():
    scenarios = {name.removeprefix("scenario_"): value for name, value in globals().items() if name.startswith("scenario_")}
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", choices=sorted(scenarios))
    for name in ["url", "database", "query-database", "token", "screenshots", "chromium", "chromedriver"]:
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    os.makedirs(options.screenshots, exist_ok=True)
    page = Page(options)
    try:
        scenarios[options.scenario](page)
    except BaseException:
        page.browser.save_screenshot(f"{options.screenshots}/failed-{options.scenario}.png")
        raise
    finally:
        page.browser.quit()
    print(f"{options.scenario}: as it must be")


class Page:
    """The console in a browser, and the database behind it."""

    def __init__(self, options):
        self.options = options
        settings = webdriver.ChromeOptions()
        settings.binary_location = options.chromium
        for argument in ["headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", "hide-scrollbars", "window-size=1280,1400"]:
            settings.add_argument(f"--{argument}")
        settings.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.browser = webdriver.Chrome(options=settings, service=Service(options.chromedriver))
        self.browser.set_script_timeout(PATIENCE)

    # The database

    def sql(self, statement, database=None):
        """The rows that a statement answers, as lists of texts."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database or self.options.database, "-c", statement]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return [line.split("|") for line in done.stdout.splitlines() if line]

    def number(self, statement):
        return int(self.sql(statement)[0][0])

    def query_sql(self, statement):
        """The same in the read model's database."""
        return self.sql(statement, self.options.query_database)

    def job_level(self, code, rank="3"):
        """An event that the reference services' consumer applies, unless the rank is no number."""
        self.sql(f"""
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT id, '{code}', 'jobLevel', 'jobLevel.versionCreated', jsonb_build_object('jobLevelCode', '{code}',
                'name', 'Senior', 'roleCode', 'SWE', 'levelRank', '{rank}'::jsonb, 'status', 'ACTIVE',
                'effectiveDate', '2026-01-01', 'recordId', id, 'aggregateType', 'jobLevel', 'aggregateId', '{code}',
                'eventType', 'jobLevel.versionCreated') || {self.ENVELOPE}
            FROM gen_random_uuid() AS id""")

    def position(self, code):
        """An event after which the consumer refreshes a cached answer."""
        self.sql(f"""
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT id, '{code}', 'position', 'position.created', jsonb_build_object('positionCode', '{code}', 'title', 'Nurse',
                'status', 'VACANT', 'organizationCode', 'O1', 'jobFamilyGroupCode', 'G', 'jobFamilyCode', 'F',
                'jobRoleCode', 'R', 'jobLevelCode', 'S1', 'headcountCapacity', 1, 'headcountInUse', 0, 'recordId', id,
                'positionType', 'REGULAR', 'employmentType', 'FULL_TIME', 'effectiveDate', '2026-01-01',
                'aggregateType', 'position', 'aggregateId', '{code}', 'eventType', 'position.created') || {self.ENVELOPE}
            FROM gen_random_uuid() AS id""")

    ENVELOPE = """jsonb_build_object('tenantId', 'acme', 'requestId', 'r', 'correlationId', 'c', 'operation', 'Create',
        'source', 'test', 'occurredAt', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))"""

    def poison(self, aggregate, behind=3):
        """An aggregate whose first event can't be published, since its payload is no object."""
        quoted = aggregate.replace("'", "''")
        self.sql(f"""
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), '{quoted}', 'position', 'position.updated',
                CASE n WHEN 1 THEN '"not an object"' ELSE jsonb_build_object('n', n) END
            FROM generate_series(1, {behind + 1}) AS n ORDER BY n""")

    # The page

    def open(self):
        self.browser.get(self.options.url)
        self.wait("the page is live", lambda: self.text("link") == "live")

    def wait(self, what, condition, within=PATIENCE):
        end = time.monotonic() + within
        last = None
        while time.monotonic() < end:
            try:
                if condition():
                    return
            except Exception as error:  # not yet
                last = error
            time.sleep(0.02)
        raise AssertionError(f"did not happen within {within} s: {what} (last error: {last})")

    def find(self, name):
        return self.browser.find_element(By.ID, name)

    def text(self, name):
        return self.run("return document.getElementById(arguments[0]).textContent", name)

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def rows(self, name="held-rows"):
        return self.run("return [...document.getElementById(arguments[0]).rows].map((row) => row.innerText)", name)

    def troubles(self):
        return self.run("return [...document.querySelectorAll('#troubles li')].map((item) => item.dataset.id)")

    def press(self, element):
        """As somebody without a mouse does."""
        element.send_keys(Keys.ENTER)

    def open_event(self, name, table="held-rows"):
        row = self.browser.find_element(By.XPATH, f"//*[@id='{table}']//button[normalize-space(.)={quoted(name)}]")
        self.press(row)
        self.wait("the event is shown", lambda: self.text("event-payload") != "…")

    def become(self, name, token):
        if not self.find("operator").is_displayed():
            self.press(self.find("operator-open"))
        self.find("operator-name").clear()
        self.find("operator-name").send_keys(name)
        self.find("operator-token").clear()
        self.find("operator-token").send_keys(token, Keys.ENTER)

    def command(self, name, options):
        """One of the browser's own commands."""
        return self.browser.execute_cdp_cmd(name, options)

    def picture(self, name):
        """Keeps the whole page as it looks."""
        data = self.command("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})["data"]
        with open(f"{self.options.screenshots}/{name}.png", "wb") as file:
            file.write(base64.b64decode(data))

    def expect_no_errors(self):
        """Nothing was refused by the page's own policy, and no script failed."""
        errors = [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        errors = [message for message in errors if "status of 4" not in message]
        assert not errors, errors


def quoted(text):
    """A text within XPath."""
    return "concat('" + text.replace("'", "', \"'\", '") + "', '')"


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


# Scenarios


def scenario_poisoned(page):
    """A poisoned aggregate is shown within 2 s of its failure, and drains when it is retried after mending."""
    page.open()
    page.wait("the page says that nothing is wrong", lambda: "All is well" in page.text("verdict-title"))
    page.poison("P1")
    failed = "SELECT count(*) FROM outbox_events WHERE aggregate_id = 'P1' AND retry_count > 0"
    page.wait("the event has failed", lambda: page.number(failed) == 1)
    start = time.monotonic()
    page.wait("the page shows it", lambda: any("position:P1" in row for row in page.rows()))
    took = time.monotonic() - start
    print(f"shown {took:.2f} s after its failure")
    expect(took < 2, f"it took {took:.2f} s until a poisoned aggregate was shown")
    page.wait("what waits is counted", lambda: "\t3\t" in page.rows()[0])
    expect("poisoned-event" in page.troubles(), "the trouble has its name")
    page.wait("it is parked", lambda: "parked" in page.rows()[0])

    page.open_event("position:P1")
    expect(page.text("event-payload") == '"not an object"', "its payload is shown")
    expect(not page.find("event-actions").is_displayed(), "who shows no token may do nothing")
    page.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait("Escape closes it", lambda: not page.find("event").is_displayed())
    focus = page.browser.switch_to.active_element.text
    expect(focus == "position:P1", f"the focus is where it was, not at {focus}")

    page.become("night shift", page.options.token)
    page.wait("the token is taken", lambda: page.text("operator-open") == "Acting as night shift")
    page.sql("UPDATE outbox_events SET payload = '{}' WHERE aggregate_id = 'P1' AND jsonb_typeof(payload) <> 'object'")
    page.open_event("position:P1")
    page.find("event-reason").send_keys("payload mended")
    page.press(page.find("do-retry"))
    page.wait("all of it is published", lambda: page.number("SELECT count(*) FROM outbox_events WHERE published") == 4)
    page.wait("the page says so", lambda: not page.rows() and "No aggregate is on hold" in page.text("held-none"))
    page.wait("nothing is wrong", lambda: page.troubles() == [] and "All is well" in page.text("verdict-title"))
    page.press(page.find("event-close"))
    page.wait("the audit is shown", lambda: "night shift" in page.rows("audit-rows")[0])
    audit = page.sql("SELECT actor, action, aggregate_id, reason FROM outbox_audit")
    expect(audit == [["night shift", "parked.retry", "P1", "payload mended"]], f"the audit has it: {audit}")
    page.expect_no_errors()


def scenario_markup(page):
    """Markup in events stays text, wherever it stands."""
    attack = "<img src=x onerror=\"window.taken='id'\">"
    page.sql("""
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, headers, retry_count,
            parked_at, last_error)
        SELECT gen_random_uuid(), '<img src=x onerror="window.taken=''id''">', 'position',
            '<b onmouseover="window.taken=1">x</b>',
            '{"title": "<script>window.taken=''payload''</script>", "password": "hunter2"}',
            '{"note": "</pre><script>window.taken=''header''</script>"}', 1, now(),
            '<svg onload="window.taken=''reason''">'""")
    page.open()
    page.wait("it is listed", lambda: attack in page.rows()[0])
    page.open_event(f"position:{attack}")
    payload = page.text("event-payload")
    expect("<script>window.taken='payload'</script>" in payload, f"the payload is text: {payload}")
    expect("hunter2" not in payload and '"password" : "***"' in payload, f"secrets are masked: {payload}")
    expect("</pre><script>" in page.text("event-headers"), "the headers are text")
    expect(page.run("return window.taken === undefined"), "no script of an event has run")
    expect(page.run("return document.querySelectorAll('img, b[onmouseover], dialog script, svg[onload]').length") == 0,
           "no markup of an event has become an element")
    refused = page.run(
        "try { const s = document.createElement('script'); s.textContent = 'window.taken = 1'; "
        "document.body.append(s); } catch {} return window.taken === undefined")
    expect(refused, "the page's policy lets no other script run")
    page.sql("DELETE FROM outbox_events")


def scenario_token(page):
    """A wrong token changes nothing, and is said to be wrong."""
    page.poison("P2")
    page.open()
    page.wait("it is parked", lambda: any("position:P2" in row and "parked" in row for row in page.rows()))
    page.become("mallory", "wrong-wrong-wrong-wrong")
    page.wait("the token is refused", lambda: "token is wrong" in page.text("operator-state"))
    page.press(page.find("operator-close"))
    page.open_event("position:P2")
    expect(not page.find("event-actions").is_displayed(), "there is nothing to press")
    statuses = page.browser.execute_async_script("""
        const done = arguments[0];
        const send = (headers) => fetch('/console/retry', { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers },
            body: JSON.stringify({ operator: 'mallory', all: true }) }).then((answer) => answer.status);
        (async () => done([await send({}), await send({ Authorization: 'Bearer wrong-wrong-wrong-wrong' })]))();""")
    expect(statuses == [401, 401], f"requests are refused: {statuses}")
    expect(page.number("SELECT count(*) FROM outbox_audit") == 0, "nothing was done")
    expect(page.number("SELECT count(*) FROM outbox_events WHERE parked_at IS NOT NULL") == 1, "it is still parked")
    stored = page.run("return [document.cookie, localStorage.length, sessionStorage.length, location.href]")
    expect(stored[:3] == ["", 0, 0] and "token" not in stored[3], f"nothing is kept in the browser: {stored}")


def scenario_many(page):
    """Ten thousand parked events don't freeze the page."""
    page.sql("""
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, retry_count, parked_at,
            available_at, last_error)
        SELECT gen_random_uuid(), 'M' || n, 'position', 'position.updated', '"poison"', 10, now(), now(),
            'its payload is not a JSON object'
        FROM generate_series(1, 10000) AS n""")
    page.browser.get("about:blank")
    start = time.monotonic()
    page.open()
    page.wait("a page of them is shown", lambda: len(page.rows()) == 100)
    print(f"10,000 parked events: shown {time.monotonic() - start:.2f} s after opening")
    # The longest time between two frames, while the list is paged and the page is live.
    page.run("""
        window.longest = 0; let last = performance.now();
        const frame = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame); };
        requestAnimationFrame(frame);""")
    expect("position:M10000" in page.rows()[0], "the newest is first")
    for number in [9900, 9800, 9700]:
        page.press(page.find("held-more"))
        page.wait("the next page is shown", lambda: f"position:M{number}\t" in page.rows()[0])
        expect(len(page.rows()) == 100, "a page has 100 rows")
    page.press(page.find("held-newest"))
    page.wait("the newest are shown again", lambda: "position:M10000" in page.rows()[0])
    page.wait("the count is shown", lambda: "10,000 parked" in page.text("held-count"))
    longest = page.run("return window.longest")
    print(f"longest frame: {longest:.0f} ms")
    expect(longest < 1_000, f"the page stood still for {longest:.0f} ms")
    page.expect_no_errors()


def scenario_dead(page):
    """A dead letter opens, is redriven from the page, and the read model goes on; delays to the cache are shown."""
    page.job_level("S1")
    page.job_level("S2", rank='"three"')
    page.job_level("S2")
    page.open()
    page.wait("it is listed, with what waits", lambda: any("jobLevel:S2" in row and "\t2\t" in row for row in page.rows("dead-rows")))
    page.wait("the consumer's group is shown", lambda: len(page.rows("consumer-rows")) > 0)
    page.wait("it waits for an operator", lambda: any("waits for you" in row for row in page.rows("dead-rows")))
    page.wait("the trouble has its name", lambda: "dead-letters" in page.troubles())
    page.open_event("jobLevel:S2", table="dead-rows")
    expect('"three"' in page.text("event-payload"), "its payload is shown")
    expect("event_id" in page.text("event-headers"), "its headers are shown")
    page.press(page.find("event-close"))
    page.become("grace", page.options.token)
    page.wait("the token is taken", lambda: page.text("operator-open") == "Acting as grace")
    page.query_sql("""UPDATE outbox_consumer_held_events SET record_value =
        convert_to(replace(convert_from(record_value, 'UTF8'), '"three"', '3'), 'UTF8')""")
    page.open_event("jobLevel:S2", table="dead-rows")
    page.find("event-reason").send_keys("rank mended")
    page.press(page.find("do-redrive"))
    page.wait("all of it is applied", lambda: page.query_sql("SELECT count(*) FROM outbox_inbox") == [["3"]])
    page.wait("the page says so", lambda: page.rows("dead-rows") == [] and page.text("dead-none") == "None.")
    audit = page.query_sql("SELECT actor, action, aggregate_id, reason FROM outbox_consumer_audit")
    expect(audit == [["grace", "dead-letters.retry", "S2", "rank mended"]], f"the audit has it: {audit}")
    page.press(page.find("event-close"))
    page.wait("the audit is shown", lambda: "rank mended" in page.rows("audit-rows")[0])
    page.position("P7")
    page.wait("the delay to the cache is known", lambda: "Commit → cache" in page.text("chart-cache") and "p99" in
              page.run("return document.querySelector('#chart-cache p').textContent"))
    page.expect_no_errors()


def scenario_pictures(page):
    """The page in light and dark, on a desktop and on a phone: all can be named, is legible, and nothing is cut off."""
    page.poison("P1000033", behind=12)
    page.sql("""
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
        SELECT gen_random_uuid(), 'a-name-that-is-longer-than-others-' || repeat('x', 150), 'missing', 'missing.made', '{}'""")
    page.open()
    for batch in range(6):
        page.sql(f"""
            INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
            SELECT gen_random_uuid(), 'A' || n, 'assignment', 'assignment.started', jsonb_build_object('n', n)
            FROM generate_series(1, {200 + 40 * (batch % 5)}) AS n""")
        time.sleep(1)
    page.wait("something is on hold", lambda: any("P1000033" in row and "\t12\t" in row for row in page.rows()))
    page.wait("a topic that is missing is named", lambda: "topic-missing" in page.troubles())
    page.wait("the lanes are shown", lambda: len(page.rows("lane-rows")) == 1)
    page.wait("the latency is drawn", lambda: page.run(
        "return document.querySelectorAll('#chart-delay polyline').length") > 0)
    unnamed = page.run(legibility.UNNAMED)
    expect(not unnamed, f"what has no name for a screen reader: {unnamed}")
    for width, height in [(1280, 1000), (360, 780)]:
        for scheme in ["light", "dark"]:
            name = f"console-{width}-{scheme}"
            page.command("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
            page.command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            time.sleep(0.3)
            wide = page.run("return document.documentElement.scrollWidth - innerWidth")
            expect(wide <= 0, f"{name}: {wide} pixels are beside the screen")
            faint = page.run(legibility.FAINT)
            expect(not faint, f"{name}: too little contrast: {faint}")
            page.picture(name)
    page.expect_no_errors()


if __name__ == "__main__":
    main()
