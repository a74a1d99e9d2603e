(function () {
  "use strict";

  // Tables: a click on a heading sorts by the numbers behind the words.
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var heads = table.tHead.rows[table.tHead.rows.length - 1].cells;
    Array.prototype.forEach.call(heads, function (head, column) {
      // Not a <button>: browsers leave those out where a heading is repeated on the next sheet of paper.
      var button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.addEventListener("keydown", function (event) {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        button.click();
      });
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(heads, function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        var rows = Array.prototype.slice.call(body.rows);
        var key = function (row) { return row.cells[column].getAttribute("data-sort") || ""; };
        rows.sort(function (a, b) {
          var x = key(a), y = key(b), p = Number(x), q = Number(y);
          if (x === "" || y === "") return (x === "") - (y === "");
          var order = isNaN(p) || isNaN(q) ? x.localeCompare(y) : p - q;
          return down ? -order : order;
        });
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  });

  // The annex is folded: what is linked to opens, and all of it where it is a document of its own.
  function open() {
    var asked = location.hash === "#annex" ? document.querySelectorAll("#annex, #annex details") : [];
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    Array.prototype.forEach.call(asked, function (fold) { fold.open = true; });
    if (target && location.hash !== "#annex") target.scrollIntoView();
  }
  window.addEventListener("hashchange", open);
  open();

  // Figures: where there is room, Plotly takes the place of the drawn ones. On paper the drawn ones return.
  var packed = document.getElementById("plotly-packed");
  if (!packed || !("DecompressionStream" in window)) return;
  var drawn = Array.prototype.slice.call(document.querySelectorAll("figure[data-spec]")), unpacked;
  function roomy(figure) { return figure.clientWidth >= 560 && !figure.classList.contains("is-live"); }
  function enliven() {
    if (!drawn.some(roomy)) return;
    unpacked = unpacked || unpack();
    unpacked.then(function () { drawn.filter(roomy).forEach(draw); });
  }
  function unpack() {
    var bytes = Uint8Array.from(atob(packed.textContent.trim()), function (c) { return c.charCodeAt(0); });
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text().then(function (source) {
      var script = document.createElement("script");
      script.textContent = source;
      document.head.appendChild(script);
    });
  }
  function draw(figure) {
    var spec = JSON.parse(document.getElementById(figure.getAttribute("data-spec")).textContent);
    var live = figure.querySelector(".live");
    live.hidden = false;
    figure.classList.add("is-live");
    window.Plotly.newPlot(live, spec.data, spec.layout, { responsive: true, displayModeBar: false });
  }
  document.querySelectorAll("details").forEach(function (fold) { fold.addEventListener("toggle", enliven); });
  enliven();
})();
