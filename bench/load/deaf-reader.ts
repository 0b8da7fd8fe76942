import { upgradeRequest } from "./socket-reader.ts";

/** Opens a socket, reads until it is live, and then takes nothing more from its connection. */
export async function openDeafReader(port: number, path: string, token: string): Promise<void> {
  const live = Promise.withResolvers<void>();
  let seen = "";
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write(upgradeRequest({ port, path, token })),
      data(socket, chunk) {
        seen += chunk.toString("latin1");
        if (!seen.includes("realtime.ready")) return;
        socket.pause();
        live.resolve();
      },
      close: () => live.resolve(),
    },
  });
  await live.promise;
}
