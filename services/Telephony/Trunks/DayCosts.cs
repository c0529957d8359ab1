using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Trunks;

/// <summary>What the calls outside of a tenant or by a trunk have cost on its day.</summary>
/// <param name="Tenant">Of a tenant's day; else null.</param>
/// <param name="Trunk">Of a trunk's day; else null.</param>
/// <param name="Spent">In the operator's currency.</param>
/// <param name="Max">Null: not limited.</param>
internal sealed record DayCost(Guid? Tenant, string? Trunk, DateOnly Day, decimal Spent, decimal? Max);

/// <summary>
/// What calls outside cost, by tenant and day in its time zone, and by trunk and day in UTC. A minute is paid when it begins: one that the day's
/// limit does not pay is not begun, so the limit is never passed however many calls run. Kept on disk. Any thread.
/// </summary>
internal sealed class DayCosts
{
    private readonly Lock gate = new();
    private readonly string file;
    private readonly CurrentConfiguration configuration;
    private readonly TimeProvider clock;
    private readonly Dictionary<string, Day> tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Day> trunks = new(StringComparer.Ordinal);
    private bool changed;

    public DayCosts(string file, CurrentConfiguration configuration, TimeProvider clock, ILogger<DayCosts> logger)
    {
        this.file = file;
        this.configuration = configuration;
        this.clock = clock;
        try
        {
            if (File.Exists(file))
            {
                var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllBytes(file), EventCatalog.Json)!;
                (tenants, trunks) = (new(kept.Tenants), new(kept.Trunks));
            }
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            Log.DayCostsUnreadable(logger, file, e.Message);
        }
    }

    /// <summary>The days that go on, of all tenants and of the trunks that take calls outside.</summary>
    public IReadOnlyList<DayCost> All()
    {
        var now = configuration.Now;
        lock (gate)
        {
            return
            [
                .. now.Tenants.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new DayCost(t.Tenant, null, Today(t), Spent(t), t.Outside.DayCostMax)),
                .. now.Trunks.Where(k => k.Target is not null).Select(k => new DayCost(null, k.Trunk.Name, Today(), Spent(k.Trunk), k.Trunk.Outside.DayCostMax)),
            ];
        }
    }

    /// <summary>Why another minute cannot be paid; null when it can. Where a cost is limited, what has no price is not dialled.</summary>
    public DialRefusal? WhyNot(TenantSnapshot tenant, TrunkSnapshot trunk, decimal? perMinute)
    {
        lock (gate)
        {
            return (perMinute, tenant.Outside.DayCostMax, trunk.Outside.DayCostMax) switch
            {
                (null, null, null) or (0, _, _) => null,
                (null, _, _) => new(Refusals.NoPrice, $"the number has no price at trunk {trunk.Name}, and the day's cost is limited: add a price for it"),
                ({ } price, { } max, _) when Spent(tenant) + price > max => new(Refusals.TenantDayCost, "the tenant's calls outside have cost what they may cost today"),
                ({ } price, _, { } max) when Spent(trunk) + price > max => new(Refusals.TrunkDayCost, $"the calls by trunk {trunk.Name} have cost what they may cost today"),
                _ => null,
            };
        }
    }

    /// <summary>Pays a minute, or says why not.</summary>
    public DialRefusal? Pay(TenantSnapshot tenant, TrunkSnapshot trunk, decimal? perMinute)
    {
        lock (gate)
        {
            if (WhyNot(tenant, trunk, perMinute) is { } why)
            {
                return why;
            }
            Add(tenant, trunk, perMinute ?? 0);
            return null;
        }
    }

    /// <summary>Gives back a minute that was not used: nobody answered.</summary>
    public void GiveBack(TenantSnapshot tenant, TrunkSnapshot trunk, decimal? perMinute)
    {
        lock (gate)
        {
            Add(tenant, trunk, -(perMinute ?? 0));
        }
    }

    /// <summary>Writes what changed. Called each half second: a kill forgets at most that.</summary>
    public void Save()
    {
        byte[] content;
        lock (gate)
        {
            if (!changed)
            {
                return;
            }
            changed = false;
            content = JsonSerializer.SerializeToUtf8Bytes(new Kept(tenants, trunks), EventCatalog.Json);
        }
        DataFolder.WriteWhole(file, content);
    }

    private void Add(TenantSnapshot tenant, TrunkSnapshot trunk, decimal cost)
    {
        if (cost != 0)
        {
            tenants[$"{tenant.Tenant}"] = new(Today(tenant), Math.Max(0, Spent(tenant) + cost));
            trunks[trunk.Name] = new(Today(), Math.Max(0, Spent(trunk) + cost));
            changed = true;
        }
    }

    private decimal Spent(TenantSnapshot tenant) => tenants.TryGetValue($"{tenant.Tenant}", out var day) && day.Date == Today(tenant) ? day.Spent : 0;

    private decimal Spent(TrunkSnapshot trunk) => trunks.TryGetValue(trunk.Name, out var day) && day.Date == Today() ? day.Spent : 0;

    private DateOnly Today(TenantSnapshot tenant) =>
        DateOnly.FromDateTime(TimeZoneInfo.TryFindSystemTimeZoneById(tenant.TimeZone, out var zone) ? TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime : clock.GetUtcNow().UtcDateTime);

    private DateOnly Today() => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private sealed record Day(DateOnly Date, decimal Spent);

    private sealed record Kept(Dictionary<string, Day> Tenants, Dictionary<string, Day> Trunks);
}
