import { closeWebSocket } from "./websocket.js";

// Nobody asked anything for so long: the load balancer has stopped sending.
const quietMs = 1000;

/**
 * Stops as AWS recommends (https://aws.amazon.com/blogs/containers/graceful-shutdowns-with-ecs/): SIGTERM may come while the load balancer
 * still sends requests, so the port stays open and everything is answered, with "Connection: close", until it is quiet; then the port is
 * closed and what is running may end. Exits with 0 before the container would be killed.
 */
export function stopGracefully(server, app, settings) {
  const stop = (signal) => {
    if (app.state.stopping) return;
    app.state.stopping = true;
    app.state.lastRequestAt = performance.now();
    console.log(`${signal}: finishing ${app.state.inFlight} requests`);
    const deadline = setTimeout(() => end("the time to stop is over"), settings.stopSeconds * 1000);
    const look = setInterval(() => {
      if (app.state.inFlight === 0 && performance.now() - app.state.lastRequestAt >= quietMs) end("all requests answered");
    }, 50);
    const end = (why) => {
      clearInterval(look);
      clearTimeout(deadline);
      for (const socket of app.webSockets) closeWebSocket(socket);
      server.close(() => process.exit(0));
      server.closeIdleConnections();
      console.log(`${why}, closing`);
      // Whoever does not hang up by now is cut.
      setTimeout(() => process.exit(0), 1000).unref();
    };
  };
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => stop(signal));
}
