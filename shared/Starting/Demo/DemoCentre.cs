using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Starting.Demo;

/// <summary>
/// The demo centre: a list of configuration calls (<c>centre.json</c>). A string that begins with @ stands for something
/// that only a loading knows: <c>@tenant:x</c> and the like for an id made from that name, so that loading again changes
/// nothing; <c>@secret:x</c> for a password of this installation; <c>@clip:x</c> for the audio of the prompt x.
/// </summary>
/// <param name="secretKey">Key from which this installation's demo passwords are made.</param>
internal sealed class DemoCentre(byte[] secretKey)
{
    private readonly ConcurrentDictionary<string, JsonNode> _clips = [];

    /// <summary>
    /// The calls in order, those of one kind together: they do not need each other and may be made beside each other, but
    /// they may need the answers to those before them.
    /// </summary>
    public IEnumerable<IReadOnlyList<DemoCall>> Calls()
    {
        using var stream = typeof(DemoCentre).Assembly.GetManifestResourceStream("centre.json")!;
        var calls = JsonNode.Parse(stream)!.AsArray();
        for (var (from, to) = (0, 0); from < calls.Count; from = to)
        {
            to = from + calls.Skip(from).TakeWhile(call => Kind(call) == Kind(calls[from])).Count();
            yield return [.. calls.Take(from..to).Select(Filled)];
        }
    }

    /// <summary>Keeps a stored prompt's audio for the calls that refer to it.</summary>
    public void Answered(DemoCall call, JsonNode answer)
    {
        if (call.Path.StartsWith("/api/prompts/", StringComparison.Ordinal))
        {
            _clips[call.Id] = new JsonObject { ["hash"] = (string)answer["hash"]!, ["url"] = (string)answer["url"]! };
        }
    }

    private static string Kind(JsonNode? call) => ((string)call!["put"]!).Split('/')[2];

    private DemoCall Filled(JsonNode? call)
    {
        var path = string.Join('/', ((string)call!["put"]!).Split('/').Select(part => (string)Resolve(part)!));
        return new DemoCall(path, (JsonObject)Fill(call["body"])!);
    }

    private JsonNode? Fill(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Fill(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Fill)]),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => Resolve((string)v!),
        _ => node?.DeepClone(),
    };

    private JsonNode? Resolve(string text) => text.Split(':') switch
    {
        ["@secret", var name] => Secret(name),
        ["@clip", var name] => _clips[Id($"prompt:{name}")].DeepClone(),
        [['@', .. var kind], var name] => Id($"{kind}:{name}"),
        _ => text,
    };

    /// <summary>The id of the demo's object of that kind and name, such as "tenant:energia".</summary>
    public static string Id(string name) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"callcenter demo {name}")).AsSpan(0, 16)).ToString();

    // 12 letters and digits without those that look alike: 60 bits.
    private string Secret(string name) => string.Concat(
        HMACSHA256.HashData(secretKey, Encoding.UTF8.GetBytes(name)).Take(12).Select(b => "abcdefghjkmnpqrstuvwxyz23456789z"[b & 31]));
}

/// <summary>One configuration call.</summary>
internal sealed record DemoCall(string Path, JsonObject Body)
{
    /// <summary>What is stored: "tenants", "users" and so on.</summary>
    public string Kind => Path.Split('/')[2];

    /// <summary>The last part of the path.</summary>
    public string Id => Path.Split('/')[3];
}
