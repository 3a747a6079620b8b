// The status page: asks for a guest token, then for the post.
(function () {
  var root = document.getElementById("react-root");
  var found = location.pathname.match(/\/status(?:es)?\/(\d+)/);
  var missing = "Hmm...this page doesn’t exist. Try searching for something else.";
  var notices = {
    Suspended: "This Post is from a suspended account.",
    Protected: "These posts are protected",
    Deleted: missing,
    NsfwLoggedOut: "Age-restricted adult content."
  };
  function say(text) {
    var node = document.createElement("main");
    node.textContent = text;
    root.appendChild(node);
  }
  function draw(result) {
    var author = result.core.user_results.result.core;
    var article = document.createElement("article");
    article.dataset.testid = "tweet";
    [["User-Name", author.name + " @" + author.screen_name], ["tweetText", result.legacy.full_text]]
      .forEach(function (part) {
        var node = document.createElement("div");
        node.dataset.testid = part[0];
        node.innerHTML = part[1];
        article.appendChild(node);
      });
    var time = document.createElement("time");
    time.dateTime = new Date(result.legacy.created_at).toISOString();
    time.textContent = result.legacy.created_at;
    article.appendChild(time);
    root.appendChild(article);
  }
  function show(reply) {
    var result = reply.data.tweetResult.result;
    if (!result) return say(missing);
    if (result.__typename !== "Tweet") return say(notices[result.reason] || missing);
    draw(result);
  }
  if (!found) return say("Happening now. Log in");
  fetch("https://api.x.com/1.1/guest/activate.json", { method: "POST" })
    .then(function (reply) { return reply.json(); })
    .then(function (guest) {
      var variables = encodeURIComponent(JSON.stringify({ tweetId: found[1] }));
      return fetch(
        "https://api.x.com/graphql/miniature/TweetResultByRestId?variables=" + variables,
        { headers: { "x-guest-token": guest.guest_token } }
      );
    })
    .then(function (reply) { return reply.json(); })
    .then(show)
    .catch(function () { say("Something went wrong. Try reloading."); });
})();
