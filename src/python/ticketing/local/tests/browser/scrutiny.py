"""What every page must pass, in light and dark and on a phone; it takes a picture of each."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, Page, ViewportSize

from ticketing.local.tests.browser import pictures

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The rules for whole documents are not for a frame inside one.
RULES = {"page": [*WCAG, "best-practice"], "frame": WCAG}

LAYOUT_SHIFT = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 100);
})"""
BEHIND = """node => {
    const colour = each => getComputedStyle(each).backgroundColor;
    while (node && colour(node) === "rgba(0, 0, 0, 0)") node = node.parentElement;
    return node ? colour(node) : "Canvas";
}"""
TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll("body *")]
        .filter(each => each.getBoundingClientRect().right > wide + 1)
        .map(each => each.outerHTML.slice(0, 120));
}"""


def look_at(page: Page, name: str) -> None:
    """Checks what is shown at the moment; `name` is that of the page and its state."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(DESKTOP)
        _check(page, f"{name}, {scheme}")
        pictures.take(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    assert page.evaluate(TOO_WIDE) == [], f"{name} is wider than a phone"
    _check(page, f"{name}, phone")
    pictures.take(page, f"{name}-phone")
    page.set_viewport_size(DESKTOP)


def layout_shift(page: Page) -> float:
    """How much moved since the page began to load; 0 is nothing, 1 is all of it."""
    return float(page.evaluate(LAYOUT_SHIFT))


def _check(page: Page, where: str) -> None:
    violations = _violations(page.main_frame, RULES["page"])
    for frame in page.main_frame.child_frames:
        # axe does not see what is behind a frame: it is painted in the colour there.
        colour = frame.frame_element().evaluate(BEHIND)
        frame.evaluate("colour => { document.body.style.background = colour; }", colour)
        violations += _violations(frame, RULES["frame"])
        frame.evaluate("() => { document.body.style.background = ''; }")
    report = "\n".join(_line(each) for each in violations)
    assert not violations, f"{where}:\n{report}"


def _violations(frame: Frame, rules: list[str]) -> list[dict[str, Any]]:
    frame.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"], "iframes": False}
    found: list[dict[str, Any]] = frame.evaluate(
        "options => axe.run(options).then(results => results.violations)", options
    )
    return found


def _line(violation: dict[str, Any]) -> str:
    where = "\n".join(
        f"    {node['html'][:160]}\n      {node['failureSummary']}" for node in violation["nodes"]
    )
    return f"  {violation['id']} ({violation['impact']}): {violation['help']}\n{where}"
