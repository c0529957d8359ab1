using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace CallCenter.Deployment.Tests;

/// <summary>One Kubernetes object, and the file or chart it came from.</summary>
internal sealed record Manifest(string Source, JsonObject Object)
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    public string Kind => Text("kind");

    public string Name => Text("metadata", "name");

    public string Namespace => At("metadata", "namespace")?.ToString() ?? "";

    /// <summary>What its pods are made from; null when it makes none.</summary>
    public JsonObject? Pod => Kind is "Deployment" or "StatefulSet" or "Job" ? (JsonObject?)At("spec", "template", "spec") : null;

    /// <summary>Containers of its pods, those that only begin included.</summary>
    public IEnumerable<JsonObject> Containers => List(Pod?["containers"]).Concat(List(Pod?["initContainers"]));

    /// <summary>All objects of a YAML text.</summary>
    public static IReadOnlyList<Manifest> Parse(string source, string yaml) =>
        [.. yaml.ReplaceLineEndings("\n").Split("\n---", StringSplitOptions.RemoveEmptyEntries)
            .Select(document => Yaml.Deserialize<object?>(document.TrimStart('-'))).Where(o => o is not null)
            .Select(o => new Manifest(source, (JsonObject)JsonNode.Parse(Json.Serialize(o))!))];

    public Manifest Copy() => this with { Object = (JsonObject)Object.DeepClone() };

    public JsonNode? At(params string[] path) => path.Aggregate((JsonNode?)Object, (node, key) => node?[key]);

    public string Text(params string[] path) => At(path)?.ToString() ?? throw new InvalidOperationException($"{Source}: {string.Join('.', path)} is missing");

    public static IEnumerable<JsonObject> List(JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];

    public override string ToString() => $"{Source} {Kind} {Namespace}/{Name}";
}
