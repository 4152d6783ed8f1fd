// See audit.py.  `within` selects the widgets to look at.
(within) => {
  const faults = new Set();
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((part, i) => part * a + under[i] * (1 - a));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const faded = (node) => {
    let all = 1;
    for (let at = node; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const called = (node) => `${node.tagName.toLowerCase()}.${node.getAttribute("class") || ""}`;
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 0;
  const named = (node) =>
    node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") || node.title ||
    (node.labels && node.labels.length) || node.textContent.trim();

  for (const frame of document.querySelectorAll(within)) {
    for (const node of frame.querySelectorAll("*")) {
      const own = [...node.childNodes].some((part) => part.nodeType === 3 && part.textContent.trim());
      if (!own || !shown(node) || node.disabled || node.closest("svg, option, [disabled]")) continue;
      const [fill, under] = [rgba(getComputedStyle(node).color), ground(node)];
      fill[3] *= faded(node);
      const found = contrast(over(fill, under), under);
      if (found < 4.5) faults.add(`contrast ${found.toFixed(2)}: ${called(node)} ${JSON.stringify(node.textContent.slice(0, 30))}`);
    }
    const roles = "button, input, select, textarea, [tabindex], [role=option], [role=treeitem], [role=listbox], [role=tree], [role=group], [role=region], [role=log]";
    for (const node of frame.querySelectorAll(roles)) {
      if (shown(node) && !named(node)) faults.add(`no name: ${called(node)}`);
      if (node.tabIndex > 0) faults.add(`out of order: ${called(node)} has tabindex ${node.tabIndex}`);
      if (node.tabIndex >= 0 && node.closest("[aria-hidden=true]")) faults.add(`hidden and yet reached: ${called(node)}`);
    }
    for (const list of frame.querySelectorAll("[role=listbox], [role=tree]")) {
      const stops = list.querySelectorAll("[role=option][tabindex='0'], [role=treeitem][tabindex='0']").length;
      if (shown(list) && list.querySelector("[role=option], [role=treeitem]") && stops !== 1) faults.add(`${stops} tab stops: ${called(list)}`);
    }
    for (const sign of frame.querySelectorAll(".lp-sign, .lu-sign, .lp-floor, .lu-swatch"))
      if (shown(sign) && !sign.textContent.trim()) faults.add(`told by colour alone: ${called(sign)}`);
    if (frame.scrollWidth > frame.clientWidth + 1) faults.add(`wider than its place: ${called(frame)}`);
    const ids = [...frame.querySelectorAll("[id]")].map((node) => node.id);
    for (const id of ids) if (document.querySelectorAll(`[id="${CSS.escape(id)}"]`).length > 1) faults.add(`twice on the page: #${id}`);
  }
  return [...faults].sort();
}
