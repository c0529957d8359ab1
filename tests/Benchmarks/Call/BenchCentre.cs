using CallCenter.TestKit.Running;

namespace CallCenter.Benchmarks.Call;

/// <summary>
/// A running system of the benchmark's own with a tenant made for load: one number, a short prompt, key 1 to a queue that
/// records, key 2 to one that does not, key 3 to one without agents; wrap-up of 0 s; agents with phones.
/// </summary>
internal sealed class BenchCentre : IAsyncDisposable
{
    public const string Number = "+358911000900";

    private readonly Guid _tenant = Guid.CreateVersion7();
    private readonly Guid _recorded = Guid.CreateVersion7(), _unrecorded = Guid.CreateVersion7(), _unserved = Guid.CreateVersion7();
    private readonly Api _administrator;

    private BenchCentre(RunningCenter center, Api administrator) => (Center, _administrator) = (center, administrator);

    public RunningCenter Center { get; }

    public Guid Tenant => _tenant;

    /// <summary>Agents' ids with their phones.</summary>
    public List<(Guid Agent, string SipUser, string SipPassword)> Phones { get; } = [];

    /// <summary>What a fleet consists of, but for its database; empty in one process.</summary>
    public IReadOnlyList<FleetMember> Members { get; private set; } = [];

    public static async Task<BenchCentre> Start(Shape shape, int agents)
    {
        var center = await RunningCenter.Start(shape, "Demo:Load=true");
        var bench = new BenchCentre(center, await center.SignInAs("administrator"));
        if (shape == Shape.Fleet)
        {
            using var fleet = new FleetControl(center);
            bench.Renew(await fleet.Members());
        }
        await bench.MakeTenant();
        for (var i = 0; i < agents; i++)
        {
            await bench.MakeAgent(i);
        }
        await FollowedConfiguration.Wait(center);
        return bench;
    }

    /// <summary>After some were started again.</summary>
    public void Renew(IReadOnlyList<FleetMember> members) => Members = [.. members.Where(m => m.Name != "postgres")];

    public Task SetStatus(Guid agent, string status) => _administrator.SetStatus(agent, status);

    public async Task<bool> IsReady(Guid agent) => (await _administrator.Get($"/api/agents/{agent}")) is var a && (string?)a["status"] == "Available" && (string?)a["state"] == "Idle";

    /// <summary>Contacts of the tenant that have ended, and how many completed.</summary>
    public async Task<(int Ended, int Completed)> Contacts()
    {
        var all = await _administrator.Contacts(_tenant);
        return (all.Count(c => c.EndedAt is not null), all.Count(c => c.Termination == "Completed"));
    }

    public async ValueTask DisposeAsync()
    {
        _administrator.Dispose();
        await Center.DisposeAsync();
    }

    private async Task MakeTenant()
    {
        var prompt = Guid.CreateVersion7();
        var flow = Guid.CreateVersion7();
        await _administrator.Put("/api/trunks/local", new { trustedNetworks = new[] { "127.0.0.0/8" }, concurrentCalls = 5000, callsPerSecond = 1000 });
        await _administrator.Put($"/api/tenants/{_tenant}", new
        {
            name = "Benchmark", language = "fi", timeZone = "Europe/Helsinki", limits = new { concurrentCalls = 5000, callsPerSecond = 1000 },
        });
        await _administrator.Put($"/api/prompts/{prompt}", new { tenant = _tenant, language = "fi", text = "Hei." });
        foreach (var (id, name, record, skills) in new[]
        {
            (_recorded, "Recorded", true, (object?)null), (_unrecorded, "Unrecorded", false, null), (_unserved, "Unserved", false, new { nobody = 1 }),
        })
        {
            await _administrator.Put($"/api/queues/{id}", new { tenant = _tenant, name, skills, wrapUpSeconds = 0, offerTimeoutSeconds = 20, shortAbandonSeconds = 0, record });
        }
        await _administrator.Put($"/api/flows/{flow}", Flow(prompt));
        await _administrator.Put($"/api/numbers/{Number}", new { tenant = _tenant, kind = "geographic", flow, fallback = new { longestHoldSeconds = 30 } });
    }

    private object Flow(Guid prompt) => new
    {
        tenant = _tenant, name = "Benchmark", language = "fi", start = "menu",
        steps = new Dictionary<string, object>
        {
            ["menu"] = new
            {
                menu = new
                {
                    prompt, options = new Dictionary<string, string> { ["1"] = "recorded", ["2"] = "unrecorded", ["3"] = "unserved" }, noInput = prompt, noMatch = prompt,
                    attempts = 3, firstDigitSeconds = 5, failed = "bye",
                },
            },
            ["recorded"] = new { queue = new { queue = _recorded } },
            ["unrecorded"] = new { queue = new { queue = _unrecorded } },
            ["unserved"] = new { queue = new { queue = _unserved } },
            ["bye"] = new { hangUp = new { prompt } },
        },
    };

    private async Task MakeAgent(int number)
    {
        var id = Guid.CreateVersion7();
        var phone = $"bench{number}";
        var password = Guid.NewGuid().ToString("N");
        await _administrator.Put($"/api/users/{id}", new { user = phone, name = phone, password, role = "agent", tenants = new[] { _tenant } });
        await _administrator.Put($"/api/phones/{phone}", new { agent = id, password });
        await _administrator.Put($"/api/agents/{id}", new { user = phone, name = phone, queues = new[] { new { queue = _recorded }, new { queue = _unrecorded } } });
        Phones.Add((id, phone, password));
    }
}
