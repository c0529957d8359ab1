using System.Collections.Concurrent;

namespace CallCenter.Deployment.Tests;

/// <summary>The chart as Helm renders it.</summary>
internal static class Chart
{
    public const string Namespace = "callcenter";

    private static readonly string[] Given = ["--set", "ingress.host=desk.example.org", "--set", "network.nodeCidrs={10.1.0.0/24}"];
    private static readonly ConcurrentDictionary<string, Lazy<string>> Rendered = [];

    public static string Folder { get; } = House.PathOf("helm", "callcenter");

    public static IReadOnlyList<string> Sizes { get; } = ["small", "medium", "large"];

    public static Said Lint(string size) => Tool.Helm(["lint", "--strict", Folder, "-f", ValuesOf(size), .. Given]);

    public static Said Template(string size, params string[] more) => Tool.Helm(["template", "callcenter", Folder, "-n", Namespace, "-f", ValuesOf(size), .. Given, .. more]);

    /// <summary>Of one size, with Dapr's sidecar when it is named "…+dapr".</summary>
    public static string Render(string size) => Rendered.GetOrAdd(size, s => new(() => s.Split('+') is [var plain, "dapr"]
        ? Template(plain, "--set", "dapr.enabled=true").Succeeded()
        : Template(s).Succeeded())).Value;

    public static IReadOnlyList<Manifest> Manifests(string size) => Manifest.Parse(size, Render(size));

    private static string ValuesOf(string size) => Path.Combine(Folder, $"values-{size}.yaml");
}
