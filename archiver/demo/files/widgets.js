// Replaces each embed code on a page by a frame.
(function () {
  var count = 0;
  function hydrate() {
    document.querySelectorAll("blockquote.twitter-tweet").forEach(function (quote) {
      var links = quote.querySelectorAll("a[href*='/status/']");
      var last = links[links.length - 1];
      var found = last && last.href.match(/\/status\/(\d+)/);
      if (!found) return;
      var frame = document.createElement("iframe");
      frame.id = "twitter-widget-" + count++;
      frame.dataset.tweetId = found[1];
      frame.title = "X Post";
      frame.style.cssText = "width:550px;height:620px;border:0";
      frame.src = "https://platform.twitter.com/embed/Tweet.html?dnt=false&id=" + found[1]
        + "&lang=en&theme=light&width=550px";
      var holder = document.createElement("div");
      holder.className = "twitter-tweet twitter-tweet-rendered";
      holder.appendChild(frame);
      quote.replaceWith(holder);
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", hydrate);
  else hydrate();
})();
