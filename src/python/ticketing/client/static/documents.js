// Shows the documents of the API, and tries what they say in the session of who is signed in.

const token = () => document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/)?.[1];

SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#documents",
  deepLinking: true,
  validatorUrl: null, // asks nobody else
  requestInterceptor: (request) => {
    if (token()) request.headers["X-XSRF-TOKEN"] = token();
    return request;
  },
});
