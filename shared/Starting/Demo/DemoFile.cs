using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Starting.Demo;

/// <summary><c>demo.json</c> in the data folder: what a user or a test of the demo must know, passwords included.</summary>
internal static class DemoFile
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the file from the calls that made the demo.</summary>
    public static async Task Write(string path, string operatorName, IReadOnlyList<DemoCall> calls, CancellationToken ct)
    {
        var users = Of(calls, "users").ToDictionary(u => u.Id, u => (string)u.Body["user"]!);
        var file = new JsonObject
        {
            ["operator"] = operatorName,
            ["tenants"] = List(Of(calls, "tenants").Select(t => Tenant(t, calls))),
            ["users"] = List(Of(calls, "users").Select(u => new JsonObject
            {
                ["id"] = u.Id,
                ["user"] = users[u.Id],
                ["name"] = (string)u.Body["name"]!,
                ["password"] = (string)u.Body["password"]!,
                ["role"] = (string)u.Body["role"]!,
                ["tenants"] = u.Body["tenants"]!.DeepClone(),
            })),
            ["phones"] = List(Of(calls, "phones").Select(p => new JsonObject
            {
                ["user"] = users[(string)p.Body["agent"]!],
                ["sipUser"] = p.Id,
                ["sipPassword"] = (string)p.Body["password"]!,
            })),
        };
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var writer = new StreamWriter(path, options);
        await writer.WriteLineAsync(file.ToJsonString(Indented).AsMemory(), ct);
    }

    private static JsonObject Tenant(DemoCall tenant, IReadOnlyList<DemoCall> calls)
    {
        var own = calls.Where(c => (string?)c.Body["tenant"] == tenant.Id).ToList();
        var digits = Of(own, "flows").SelectMany(Digits).ToLookup(d => d.Queue, d => d.Digit);
        return new JsonObject
        {
            ["id"] = tenant.Id,
            ["name"] = (string)tenant.Body["name"]!,
            ["language"] = (string)tenant.Body["language"]!,
            ["timeZone"] = (string)tenant.Body["timeZone"]!,
            ["brand"] = tenant.Body["brand"]!.DeepClone(),
            ["numbers"] = List(Of(own, "numbers").Select(n => new JsonObject { ["number"] = n.Id, ["flow"] = (string)n.Body["flow"]! })),
            ["queues"] = List(Of(own, "queues").Select(q => new JsonObject
            {
                ["id"] = q.Id,
                ["name"] = (string)q.Body["name"]!,
                ["digit"] = digits[q.Id].First(),
                ["codes"] = q.Body["codes"]!.DeepClone(),
            })),
        };
    }

    /// <summary>Which digit of a flow's menus leads straight to which queue.</summary>
    private static IEnumerable<(string Queue, string Digit)> Digits(DemoCall flow) =>
        from step in flow.Body["steps"]!.AsObject()
        let options = step.Value?["menu"]?["options"]?.AsObject()
        where options is not null
        from option in options
        let queue = (string?)flow.Body["steps"]![(string)option.Value!]?["queue"]?["queue"]
        where queue is not null
        select (queue, option.Key);

    private static IEnumerable<DemoCall> Of(IEnumerable<DemoCall> calls, string kind) => calls.Where(c => c.Kind == kind);

    private static JsonArray List(IEnumerable<JsonObject> items) => new([.. items]);
}
