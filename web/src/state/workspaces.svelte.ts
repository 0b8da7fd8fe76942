import type { Workspace } from "@clickclack/protocol";

/** The workspaces of the signed-in person, in the order of their making. */
export class Workspaces {
  list = $state.raw<Workspace[]>([]);

  byRoute(route_id: string | undefined): Workspace | undefined {
    return this.list.find((one) => one.route_id === route_id || one.id === route_id);
  }

  get(id: string | undefined): Workspace | undefined {
    return this.list.find((one) => one.id === id);
  }

  remove(id: string): void {
    this.list = this.list.filter((one) => one.id !== id);
  }

  upsert(workspace: Workspace): void {
    const known = this.get(workspace.id);
    if (!known) this.list = [...this.list, workspace];
    // Frames go to everybody, so they leave out the reader's own role.
    else
      this.list = this.list.map((one) =>
        one.id === workspace.id ? { ...one, ...workspace, role: workspace.role ?? one.role } : one,
      );
  }
}
