using System.Text.Json.Nodes;

namespace CallCenter.Deployment.Tests;

/// <summary>A rule for workloads, and how to break it.</summary>
internal sealed record Policy(string Says, Func<Manifest, IEnumerable<string>> Faults, Action<Manifest> Break)
{
    public override string ToString() => Says;
}

/// <summary>What holds for every pod, the gateways' too.</summary>
internal static class Policies
{
    public static IReadOnlyList<Policy> All { get; } =
    [
        Container("probes of start, life and readiness, or an end", c => c["args"]?.ToJsonString() == """["--migrate"]""" ? [] : Missing(c, "startupProbe", "livenessProbe", "readinessProbe"),
            c => { c.Remove("readinessProbe"); c.Remove("args"); }, started: "collector"),
        Container("CPU and memory asked for, memory limited",
            c => Missing(c["resources"]?["requests"], "cpu", "memory").Concat(Missing(c["resources"]?["limits"], "memory")), c => c["resources"]!["limits"] = new JsonObject()),
        Container("a root file system that is read-only", c => Unless(Is(c, "readOnlyRootFilesystem", true)), c => c["securityContext"]!["readOnlyRootFilesystem"] = false),
        Container("no way to more rights", c => Unless(Is(c, "allowPrivilegeEscalation", false)), c => c["securityContext"]!.AsObject().Remove("allowPrivilegeEscalation")),
        Container("no capability at all",
            c => Unless(c["securityContext"]?["capabilities"] is JsonObject { Count: 1 } only && only["drop"]?.ToJsonString() == """["ALL"]"""),
            c => c["securityContext"]!["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL"), ["add"] = new JsonArray("NET_ADMIN") }),
        Container("an image with a version", c => Unless(c["image"]!.ToString().Split(':') is [_, not "latest"]), c => c["image"] = "callcenter/desk:latest"),
        Pod("an account that is not root", p => Unless(IsTrue(p["securityContext"]?["runAsNonRoot"]) && (int?)p["securityContext"]?["runAsUser"] > 0), p => p["securityContext"]!["runAsUser"] = 0),
        Pod("the runtime's system call filter", p => Unless(p["securityContext"]?["seccompProfile"]?["type"]?.ToString() == "RuntimeDefault"), p => p["securityContext"]!.AsObject().Remove("seccompProfile")),
        Pod("no folder of the node", p => Manifest.List(p["volumes"]).Where(v => v.ContainsKey("hostPath")).Select(v => $"mounts {v["name"]}"),
            p => p["volumes"] = new JsonArray(new JsonObject { ["name"] = "node", ["hostPath"] = new JsonObject { ["path"] = "/" } })),
        new("the node's network for the gateways alone, in a namespace of their own",
            m => Unless(!IsTrue(m.Pod!["hostNetwork"]) || (m.Kind == "StatefulSet" && m.Namespace is not ("" or Chart.Namespace))), m => (m.Pod!["hostNetwork"], m.Object["kind"]) = (true, "Deployment")),
        Pod("an account of its own, without a token unless Dapr needs it", p => Unless(p["serviceAccountName"] is not null && (!IsTrue(p["automountServiceAccountToken"] ?? true) || Sidecar(p))),
            p => p["automountServiceAccountToken"] = null),
        new("time to stop", m => Unless(m.Name == "callcenter-collector" || (int?)m.Pod!["terminationGracePeriodSeconds"] > PreStop(m)), m => m.Pod!["terminationGracePeriodSeconds"] = 0),
    ];

    private static Policy Container(string says, Func<JsonObject, IEnumerable<string>> faults, Action<JsonObject> spoil, string? started = null) => new(says,
        m => m.Containers.SelectMany(c => faults(c).Where(f => !(f == "startupProbe" && c["name"]!.ToString() == started)).Select(f => $"{c["name"]}: {f}")),
        m => spoil(m.Containers.First()));

    private static Policy Pod(string says, Func<JsonObject, IEnumerable<string>> faults, Action<JsonObject> spoil) => new(says, m => faults(m.Pod!), m => spoil(m.Pod!));

    private static IEnumerable<string> Missing(JsonNode? node, params string[] keys) => keys.Where(k => node?[k] is null);

    private static IEnumerable<string> Unless(bool holds) => holds ? [] : ["it does not hold"];

    private static bool Is(JsonObject container, string key, bool value) => container["securityContext"]?[key] is { } found && found.GetValue<bool>() == value;

    private static bool IsTrue(JsonNode? node) => node is not null && node.GetValue<bool>();

    private static bool Sidecar(JsonObject pod) => Manifest.List(pod["containers"]).SelectMany(c => Manifest.List(c["env"])).Any(e => e["name"]!.ToString() == "Dapr__HttpEndpoint");

    private static int PreStop(Manifest workload) => workload.Containers.Max(c => (int?)c["lifecycle"]?["preStop"]?["sleep"]?["seconds"] ?? 0);
}
