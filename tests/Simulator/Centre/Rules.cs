using System.Net;
using System.Text.Json.Nodes;

namespace CallCenter.Simulator.Centre;

/// <summary>
/// What the run sets at the centre while it lasts, as its administrator, and puts back at its end: of each company with two
/// queues the first rings all, has few places, and sends who waits too long to the second; the second is helped by an agent
/// of the first; callbacks are soon tried again, and go to the simulator's own phones.
/// </summary>
internal sealed class Rules
{
    private const int MaxWaitSeconds = 15, Places = 1, HelpFrom = 2, Tries = 5, PauseSeconds = 30, RingSeconds = 10;
    private const string Trunk = "outside";

    private readonly CentreApi _administrator;
    private readonly JsonObject _settings;
    private readonly JsonObject? _trunk;

    private Rules(CentreApi administrator, JsonObject settings, JsonObject? trunk) => (_administrator, _settings, _trunk) = (administrator, settings, trunk);

    /// <summary>From a try that nobody answered to the next.</summary>
    public static TimeSpan Pause => TimeSpan.FromSeconds(PauseSeconds);

    /// <summary>Who helps in which queue, which is not in the agent's profile meanwhile.</summary>
    public IReadOnlyDictionary<Guid, Guid> Helpers { get; private init; } = new Dictionary<Guid, Guid>();

    /// <summary>A trunk leads to the customers' phones.</summary>
    public bool CallsBack => _trunk is not null;

    /// <param name="working">Agents of this run.</param>
    /// <param name="phones">Where customers are dialled.</param>
    public static async Task<Rules> Set(CentreApi administrator, DemoFile demo, IReadOnlyCollection<Guid> working, IPEndPoint phones, CancellationToken ct)
    {
        var (before, after, helpers) = (Nothing(), Nothing(), new Dictionary<Guid, Guid>());
        foreach (var tenant in demo.Tenants.Where(t => t.Queues.Count > 1))
        {
            var (first, second) = (tenant.Queues[0].Id, tenant.Queues[1].Id);
            await SetQueue(first, queue =>
            {
                queue["strategy"] = "RingAll";
                queue["maxLength"] = new JsonObject { ["contacts"] = Places };
                queue["maxWait"] = new JsonObject { ["seconds"] = MaxWaitSeconds, ["queue"] = second };
            });
            await SetQueue(second, queue => queue["overflow"] = new JsonArray(new JsonObject { ["agentsOf"] = first, ["measure"] = "Waiting", ["on"] = HelpFrom, ["off"] = 0 }));
            await LetHelp(first, second);
        }
        await administrator.Put("/api/routing/settings", after, ct);
        return new Rules(administrator, before, await LeadTo(administrator, phones, ct)) { Helpers = helpers };

        async Task SetQueue(Guid id, Action<JsonObject> change)
        {
            var settings = (await administrator.Get($"/api/queues/{id}/history", ct))["items"]![0]!["settings"]!.AsObject();
            var changed = settings.DeepClone().AsObject();
            change(changed);
            if (changed["callback"] is JsonObject callback)
            {
                (callback["tries"], callback["pauseSeconds"], callback["ringSeconds"]) = (Tries, PauseSeconds, RingSeconds);
            }
            Add("queues", id, settings, changed);
        }

        // The first who serves both queues serves the second only as a helper, as long as somebody else serves it.
        async Task LetHelp(Guid first, Guid second)
        {
            var serving = new List<(Guid Id, JsonObject Settings)>();
            foreach (var id in working)
            {
                var settings = (await administrator.Get($"/api/agents/{id}/settings", ct)).AsObject();
                if (EntryOf(settings, second) is not null && MayServe(settings, second))
                {
                    serving.Add((id, settings));
                }
            }
            var (helper, found) = serving.Find(a => !helpers.ContainsKey(a.Id) && EntryOf(a.Settings, first) is not null);
            if (serving.Count > 1 && found is not null)
            {
                var changed = found.DeepClone().AsObject();
                changed["queues"]!.AsArray().Remove(EntryOf(changed, second));
                helpers[helper] = second;
                Add("agents", helper, found, changed);
            }
        }

        bool MayServe(JsonObject agent, Guid queue)
        {
            var asked = after["queues"]!.AsArray().Single(q => (Guid)q!["id"]! == queue)!["settings"]!["skills"]!.AsObject();
            return asked.All(skill => (int?)agent["skills"]![skill.Key] >= (int)skill.Value!);
        }

        static JsonNode? EntryOf(JsonObject agent, Guid queue) => agent["queues"]!.AsArray().FirstOrDefault(q => (Guid)q!["queue"]! == queue);

        void Add(string kind, Guid id, JsonObject old, JsonObject changed)
        {
            before[kind]!.AsArray().Add(Change(id, old));
            after[kind]!.AsArray().Add(Change(id, changed));
        }
    }

    public async Task PutBack(CancellationToken ct)
    {
        await _administrator.Put("/api/routing/settings", _settings, ct);
        if (_trunk is not null)
        {
            await _administrator.Put($"/api/trunks/{Trunk}", _trunk, ct);
        }
    }

    private static JsonObject Nothing() => new() { ["queues"] = new JsonArray(), ["agents"] = new JsonArray() };

    private static JsonObject Change(Guid id, JsonObject settings)
    {
        var changed = settings.DeepClone().AsObject();
        changed.Remove("version");
        return new JsonObject { ["id"] = id, ["settings"] = changed };
    }

    /// <summary>The trunk as it was; null when there is none.</summary>
    private static async Task<JsonObject?> LeadTo(CentreApi administrator, IPEndPoint phones, CancellationToken ct)
    {
        var trunk = (await administrator.Get("/api/trunks", ct))["items"]!.AsArray().FirstOrDefault(t => (string?)t!["name"] == Trunk)?.AsObject();
        if (trunk is not null)
        {
            var changed = trunk.DeepClone().AsObject();
            changed["target"] = phones.ToString();
            await administrator.Put($"/api/trunks/{Trunk}", changed, ct);
        }
        return trunk;
    }
}
