"""Scripts that find what people can't read, or screen readers can't name."""

# What can be pressed or filled in, and has no name.
UNNAMED = """
return [...document.querySelectorAll('button, input, table, section, svg, dialog, pre')].filter((element) => {
    if (element.closest('[hidden], dialog:not([open])') && element.tagName !== 'DIALOG') return false;
    if (element.getAttribute('aria-hidden') === 'true') return false;
    return !(element.getAttribute('aria-label') || element.getAttribute('aria-labelledby')
        || element.caption?.textContent || element.labels?.[0]?.textContent
        || (element.tagName === 'BUTTON' && element.textContent));
}).map((element) => element.outerHTML.slice(0, 80));
"""

# Texts with less contrast than WCAG asks for at level AA.
FAINT = """
const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const backOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
        const back = parse(getComputedStyle(at).backgroundColor);
        if (back.length === 3 || back[3] === 1) return back;
    }
    return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const faint = new Set();
while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!walker.currentNode.data.trim() || box.width < 2 || element.closest('svg, [hidden]')) continue;
    const [text, back] = [luminance(parse(getComputedStyle(element).color)), luminance(backOf(element))];
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (ratio < 4.5) faint.add(`${walker.currentNode.data.trim().slice(0, 30)} (${element.className}) ${ratio.toFixed(1)}`);
}
return [...faint];
"""
