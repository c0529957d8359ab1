using System.Collections.Frozen;
using System.Net;
using CallCenter.Contracts.Tenancy;

namespace CallCenter.Telephony.Configuration;

/// <summary>A trunk with its networks parsed.</summary>
/// <param name="Target">Where calls outside are sent; null when it takes none.</param>
internal sealed record TrunkEntry(TrunkSnapshot Trunk, IReadOnlyList<IPNetwork> Networks, IPEndPoint? Target = null);

/// <summary>A number with the tenant it belongs to.</summary>
internal sealed record NumberEntry(NumberSnapshot Number, TenantSnapshot Tenant);

/// <summary>What the gateway needs of the operator's and the tenants' snapshots, looked up in O(1); immutable, replaced as a whole.</summary>
internal sealed class GatewayConfiguration
{
    private readonly FrozenDictionary<string, NumberEntry> numbers;
    private readonly FrozenDictionary<string, PhoneSnapshot> phones;
    private readonly ILookup<Guid, PhoneSnapshot> phonesOfAgent;

    private GatewayConfiguration(OperatorSnapshot? of, IReadOnlyCollection<TenantSnapshot> tenants)
    {
        Operator = of;
        Tenants = tenants.ToFrozenDictionary(t => t.Tenant);
        Trunks = [.. (of?.Trunks ?? []).Select(t => new TrunkEntry(
            t, [.. t.TrustedNetworks.Select(n => IPNetwork.Parse(n))], t.Target is { } target ? IPEndPoint.Parse(target) : null))];
        numbers = tenants.SelectMany(t => t.Numbers.Select(n => new NumberEntry(n, t)))
            .GroupBy(n => Digits(n.Number.Number))
            .ToFrozenDictionary(g => g.Key, g => g.First());
        phones = (of?.Phones ?? []).GroupBy(p => p.SipUser).ToFrozenDictionary(g => g.Key, g => g.First());
        phonesOfAgent = (of?.Phones ?? []).ToLookup(p => p.Agent);
    }

    /// <summary>Before the first snapshot: nobody is known.</summary>
    public static GatewayConfiguration Empty { get; } = new(null, []);

    public OperatorSnapshot? Operator { get; }
    public FrozenDictionary<Guid, TenantSnapshot> Tenants { get; }
    public IReadOnlyList<TrunkEntry> Trunks { get; }

    public static GatewayConfiguration Of(OperatorSnapshot of, IReadOnlyCollection<TenantSnapshot> tenants) => new(of, tenants);

    /// <summary>The tenant's number that was dialled; separators and the leading plus do not matter.</summary>
    public NumberEntry? Number(string dialled) => numbers.GetValueOrDefault(Digits(dialled));

    /// <summary>The trunk that an address belongs to: the one with the longest matching network.</summary>
    public TrunkEntry? Trunk(IPAddress source)
    {
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        return Trunks
            .SelectMany(t => t.Networks.Where(n => n.Contains(address)).Select(n => (Trunk: t, n.PrefixLength)))
            .OrderByDescending(m => m.PrefixLength)
            .Select(m => m.Trunk)
            .FirstOrDefault();
    }

    public PhoneSnapshot? Phone(string sipUser) => phones.GetValueOrDefault(sipUser);

    public IEnumerable<PhoneSnapshot> PhonesOf(Guid agent) => phonesOfAgent[agent];

    private static string Digits(string number) => string.Concat(number.Where(c => !"+-. ()".Contains(c, StringComparison.Ordinal)));
}
