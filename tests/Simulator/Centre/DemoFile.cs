using System.Text.Json;

namespace CallCenter.Simulator.Centre;

/// <summary><c>demo.json</c> of a data folder: whom to call and who may work.</summary>
internal sealed record DemoFile(IReadOnlyList<DemoTenant> Tenants, IReadOnlyList<DemoUser> Users, IReadOnlyList<DemoPhone> Phones)
{
    /// <exception cref="SimulationException">The file is not there or is no such file.</exception>
    public static DemoFile Read(string folder)
    {
        var path = Path.Combine(folder, "demo.json");
        try
        {
            return JsonSerializer.Deserialize<DemoFile>(File.ReadAllText(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SimulationException($"{path} cannot be read ({e.Message}): start ./callcenter run, and give its --data here when it has one");
        }
    }

    /// <summary>The agents who have a phone, a tenant's in turn with those of the other tenants, so that a few of them serve all.</summary>
    public IReadOnlyList<DemoAgent> Agents()
    {
        var all = Phones.Select(p => new DemoAgent(Users.Single(u => u.User == p.User), p)).ToList();
        var byTenant = all.GroupBy(a => a.User.Tenants.Count > 0 ? a.User.Tenants[0] : Guid.Empty).Select(g => g.ToList()).ToList();
        return [.. from turn in Enumerable.Range(0, all.Count) from tenant in byTenant where turn < tenant.Count select tenant[turn]];
    }
}

internal sealed record DemoTenant(Guid Id, string Name, string Language, string TimeZone, IReadOnlyList<DemoNumber> Numbers, IReadOnlyList<DemoQueue> Queues);

internal sealed record DemoNumber(string Number, Guid Flow);

/// <param name="Digit">The key that leads to the queue.</param>
internal sealed record DemoQueue(Guid Id, string Name, string Digit);

internal sealed record DemoUser(string User, string Password, string Role, IReadOnlyList<Guid> Tenants);

internal sealed record DemoPhone(string User, string SipUser, string SipPassword);

/// <summary>An agent with what it takes to work.</summary>
internal sealed record DemoAgent(DemoUser User, DemoPhone Phone);
