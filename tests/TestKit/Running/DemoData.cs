using System.Text.Json;

namespace CallCenter.TestKit.Running;

/// <summary><c>demo.json</c>: what the demo centre has.</summary>
public sealed record DemoData(
    string Operator, IReadOnlyList<DemoTenant> Tenants, IReadOnlyList<DemoUser> Users, IReadOnlyList<DemoPhone> Phones)
{
    public static DemoData Read(string dataFolder) =>
        JsonSerializer.Deserialize<DemoData>(File.ReadAllText(Path.Combine(dataFolder, "demo.json")), JsonSerializerOptions.Web)!;

    /// <summary>The first user of a role.</summary>
    public DemoUser First(string role) => Users.First(u => u.Role == role);
}

public sealed record DemoTenant(Guid Id, string Name, string Language, IReadOnlyList<DemoNumber> Numbers, IReadOnlyList<DemoQueue> Queues);

public sealed record DemoNumber(string Number, Guid Flow);

public sealed record DemoQueue(Guid Id, string Name, string Digit);

public sealed record DemoUser(string User, string Password, string Role, IReadOnlyList<Guid> Tenants);

public sealed record DemoPhone(string User, string SipUser, string SipPassword);
