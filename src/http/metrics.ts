export interface Gauge {
  help: string;
  value: number;
}

/** One request as the counters see it: labels never hold ids, queries or people. */
export interface Counted {
  method: string;
  /** The pattern of the route, `*` for none. */
  route: string;
  status: number;
}

/** Counters of requests by method, route and status class; text of Prometheus 0.0.4. */
export interface Metrics {
  count(request: Counted, duration_ms: number): void;
  text(gauges: Record<string, Gauge>, version: string): string;
}

export function createMetrics(): Metrics {
  const requests = new Map<string, { count: number; sum_ms: number }>();
  return {
    count({ method, route, status }, duration_ms) {
      const key = `method="${method}",route="${route}",status_class="${Math.floor(status / 100)}xx"`;
      const entry = requests.get(key);
      if (entry) {
        entry.count++;
        entry.sum_ms += duration_ms;
      } else {
        requests.set(key, { count: 1, sum_ms: duration_ms });
      }
    },
    text(gauges, version) {
      const lines = [
        "# HELP clickclack_build_info The running version.",
        "# TYPE clickclack_build_info gauge",
        `clickclack_build_info{version="${version}"} 1`,
      ];
      lines.push(
        "# HELP clickclack_http_requests_total Requests answered.",
        "# TYPE clickclack_http_requests_total counter",
      );
      for (const [labels, entry] of requests) lines.push(`clickclack_http_requests_total{${labels}} ${entry.count}`);
      lines.push(
        "# HELP clickclack_http_request_duration_seconds Time to answer.",
        "# TYPE clickclack_http_request_duration_seconds summary",
      );
      for (const [labels, entry] of requests) {
        lines.push(`clickclack_http_request_duration_seconds_sum{${labels}} ${entry.sum_ms / 1000}`);
        lines.push(`clickclack_http_request_duration_seconds_count{${labels}} ${entry.count}`);
      }
      for (const [name, { help, value }] of Object.entries(gauges)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`);
      }
      return `${lines.join("\n")}\n`;
    },
  };
}
