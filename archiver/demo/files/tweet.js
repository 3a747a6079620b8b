// Draws one post, or what the platform says in its place; asks once and comes to rest.
(function () {
  var app = document.getElementById("app");
  var id = new URLSearchParams(location.search).get("id") || "";
  var token = ((Number(id) / 1e15) * Math.PI).toString(36).replace(/(0+|\.)/g, "");
  function add(parent, tag, className, text) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    parent.appendChild(node);
    return node;
  }
  function notice(text) { add(app, "div", "notice", text); }
  function words(post) {
    var entities = post.entities || {};
    var html = post.text;
    (entities.media || []).forEach(function (m) { html = html.replace(m.url, ""); });
    (entities.urls || []).forEach(function (u) {
      html = html.replace(u.url, '<a href="' + u.url + '">' + u.display_url + "</a>");
    });
    return html.trim();
  }
  function draw(parent, post) {
    var author = add(parent, "div", "author");
    add(author, "img").src = post.user.profile_image_url_https;
    add(author, "span", "", post.user.name);
    add(author, "span", "handle", "@" + post.user.screen_name);
    var text = add(parent, "div", "text");
    text.lang = post.lang;
    text.innerHTML = words(post);
    (post.mediaDetails || []).forEach(function (medium) {
      var photo = add(parent, "img", "photo");
      photo.alt = medium.ext_alt_text || "Image";
      photo.src = medium.media_url_https.replace(/\.jpg$/, "?format=jpg&name=small");
    });
    var time = add(parent, "time", "", new Date(post.created_at).toLocaleString("en-US"));
    time.dateTime = post.created_at;
    if (post.quoted_tweet) draw(add(parent, "blockquote"), post.quoted_tweet);
  }
  function show(post) {
    if (post.__typename === "TweetTombstone") {
      return notice((post.tombstone.text || { text: "This Post is unavailable." }).text);
    }
    if (post.__typename !== "Tweet") return notice("Not found");
    var article = add(app, "article");
    draw(article, post);
    if (post.isStaleEdit) add(article, "p", "stale", "There’s a new version of this post.");
    else if (post.isEdited) add(article, "p", "edited", "Last edited");
  }
  fetch("https://cdn.syndication.twimg.com/tweet-result?id=" + id + "&lang=en&token=" + token)
    .then(function (reply) { return reply.json(); })
    .then(show)
    .catch(function () { notice("Not found"); });
})();
