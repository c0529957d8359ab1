using System.Net;
using System.Text.Json.Serialization;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Tenancy.Outside;
using CallCenter.Tenancy.Snapshots;
using Dapper;

namespace CallCenter.Tenancy.Trunks;

/// <summary>A trunk as an administrator sets it: calls from its networks are taken without a password.</summary>
/// <param name="Target">Address and port that calls outside are sent to; without it there are none.</param>
/// <param name="Destinations">Beginnings of the numbers that may be dialled: with a target at least one.</param>
internal sealed record TrunkBody(IReadOnlyList<string> TrustedNetworks, int ConcurrentCalls, int CallsPerSecond, string? Target = null, IReadOnlyList<string>? Destinations = null)
{
    /// <summary>Trunks of the lowest priority are tried first.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>The share of calls among trunks of one priority.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Tenants whose calls outside may go by it; none: all.</summary>
    public IReadOnlyList<Guid> Tenants { get; init; } = [];

    /// <summary>Our account at the trunk; null: it knows us by our address. It is set as a whole: what is left out is taken away.</summary>
    public AccountBody? Account { get; init; }

    private const int NetworksMax = 256, DestinationsMax = 1_000, PrefixMax = 20, TenantsMax = 10_000, PasswordMax = 128;

    public Check Check()
    {
        var check = new Check()
            .Between(TrustedNetworks.Count, 1, NetworksMax, "The number of trustedNetworks")
            .Between(ConcurrentCalls, 0, 100_000, "concurrentCalls")
            .Between(CallsPerSecond, 0, 10_000, "callsPerSecond");
        if (Target is not null)
        {
            check.That(IPEndPoint.TryParse(Target, out var at) && at.Port > 0,
                $"target '{Target}' is no address and port, such as 192.0.2.7:5060 or [2001:db8::7]:5060.");
            check.Between(Destinations?.Count ?? 0, 1, DestinationsMax, "The number of destinations, which a trunk with a target needs,");
        }
        check.Between(Priority, 1, 100, "priority").Between(Weight, 1, 100, "weight").Between(Tenants.Count, 0, TenantsMax, "The number of tenants");
        if (Account is { } account)
        {
            check.That(Target is not null, "An account needs a target: that is where it is used.")
                .Word(account.User, "The account's user")
                .Between(account.Password.Length, 1, PasswordMax, "The length of the account's password");
            check.That(account.Domain is null || Uri.CheckHostName(account.Domain) != UriHostNameType.Unknown, $"'{account.Domain}' is no domain.");
        }
        foreach (var wrong in (Destinations ?? []).Where(d => d.Length is 0 or > PrefixMax || d.AsSpan(d[0] == '+' ? 1 : 0).ContainsAnyExceptInRange('0', '9')).Take(10))
        {
            check.That(false, $"'{wrong}' is no beginning of a number, such as +358.");
        }
        foreach (var wrong in TrustedNetworks.Where(n => !IPNetwork.TryParse(n, out _)).Take(10))
        {
            check.That(false, $"'{wrong}' is no network in CIDR form, such as 192.0.2.0/24.");
        }
        return check;
    }
}

/// <summary>Our account at a trunk, as an administrator sets it; the password is never told again.</summary>
internal sealed record AccountBody(string User, string Password, string? Domain = null, bool Register = true);

/// <summary>A trunk as callers see it.</summary>
internal sealed record TrunkItem
{
    public required string Name { get; init; }

    public required string[] TrustedNetworks { get; init; }

    public required int ConcurrentCalls { get; init; }

    public required int CallsPerSecond { get; init; }

    public string? Target { get; init; }

    public string[] Destinations { get; init; } = [];

    public int Priority { get; init; } = 1;

    public int Weight { get; init; } = 1;

    public Guid[] Tenants { get; init; } = [];

    public string? AccountUser { get; init; }

    [JsonIgnore]
    public string? AccountPassword { get; init; }

    public string? AccountDomain { get; init; }

    public bool AccountRegister { get; init; }

    [JsonIgnore]
    public string OutsideJson { get; init; } = "{}";

    /// <summary>Set apart, by PUT /api/trunks/{name}/outside.</summary>
    public TrunkOutside Outside => OutsideApi.Read<TrunkOutside>(OutsideJson);

    public TrunkSnapshot Snapshot() => new(Name, TrustedNetworks, ConcurrentCalls, CallsPerSecond, Target)
    {
        Destinations = Destinations, Priority = Priority, Weight = Weight, Tenants = Tenants, Outside = Outside,
        Account = AccountUser is null ? null : new(AccountUser, AccountPassword!, AccountDomain, AccountRegister),
    };

    /// <summary>The columns of a row, named as these properties.</summary>
    public const string Columns =
        "name, trusted_networks AS trustedNetworks, concurrent_calls AS concurrentCalls, calls_per_second AS callsPerSecond, target, destinations, priority, weight, tenants, "
        + "account_user AS accountUser, account_password AS accountPassword, account_domain AS accountDomain, account_register AS accountRegister, outside::text AS outsideJson";
}

internal static class TrunkApi
{
    public static void MapTrunks(this IEndpointRouteBuilder app)
    {
        var trunks = app.MapGroup("/api/trunks").WithTags("Trunks").RequireRoles(Role.Administrator, Role.Service);
        trunks.MapPut("/{name}", Put);
        trunks.MapGet("", async (TenancyStore store, CancellationToken ct) => new
        {
            Items = await store.Database.OperatorWide((c, t) => c.QueryAsync<TrunkItem>(new CommandDefinition(
                $"SELECT {TrunkItem.Columns} FROM trunks ORDER BY name",
                transaction: t, cancellationToken: ct)), ct),
        });
    }

    private static async Task<IResult> Put(string name, TrunkBody body, TenancyStore store, TenantKeys keys, ConfigurationNotices notices, CancellationToken ct)
    {
        var check = body.Check().Word(name, "The trunk's name");
        if (check.Failed)
        {
            return Problems.Invalid(check.Errors);
        }
        var item = new TrunkItem
        {
            Name = name, TrustedNetworks = [.. body.TrustedNetworks.Select(n => IPNetwork.Parse(n).ToString())],
            ConcurrentCalls = body.ConcurrentCalls, CallsPerSecond = body.CallsPerSecond,
            Target = body.Target, Destinations = [.. body.Destinations ?? []],
            Priority = body.Priority, Weight = body.Weight, Tenants = [.. body.Tenants],
            AccountUser = body.Account?.User, AccountPassword = body.Account is { } account ? keys.Seal(account.Password) : null,
            AccountDomain = body.Account?.Domain, AccountRegister = body.Account?.Register ?? false,
        };
        await notices.Tell(await Store(store, item, ct));
        return Results.Ok(await store.Database.OperatorWide((c, t) => c.QuerySingleAsync<TrunkItem>(new CommandDefinition(
            $"SELECT {TrunkItem.Columns} FROM trunks WHERE name = @name", new { name }, t, cancellationToken: ct)), ct));
    }

    private static Task<Change?> Store(TenancyStore store, TrunkItem item, CancellationToken ct)
    {
        const string put = """
            INSERT INTO trunks AS k (name, trusted_networks, concurrent_calls, calls_per_second, target, destinations, priority, weight, tenants,
              account_user, account_password, account_domain, account_register)
            VALUES (@Name, @TrustedNetworks, @ConcurrentCalls, @CallsPerSecond, @Target, @Destinations, @Priority, @Weight, @Tenants,
              @AccountUser, @AccountPassword, @AccountDomain, @AccountRegister)
            ON CONFLICT (name) DO UPDATE SET trusted_networks = excluded.trusted_networks, concurrent_calls = excluded.concurrent_calls,
              calls_per_second = excluded.calls_per_second, target = excluded.target, destinations = excluded.destinations,
              priority = excluded.priority, weight = excluded.weight, tenants = excluded.tenants, account_user = excluded.account_user,
              account_password = excluded.account_password, account_domain = excluded.account_domain, account_register = excluded.account_register
            WHERE (k.trusted_networks, k.concurrent_calls, k.calls_per_second, k.target, k.destinations, k.priority, k.weight, k.tenants,
                k.account_user, k.account_password, k.account_domain, k.account_register)
              IS DISTINCT FROM (excluded.trusted_networks, excluded.concurrent_calls, excluded.calls_per_second, excluded.target, excluded.destinations,
                excluded.priority, excluded.weight, excluded.tenants, excluded.account_user, excluded.account_password, excluded.account_domain, excluded.account_register)
            """;
        return store.Database.OperatorWide(async (c, t) => await c.ExecuteAsync(new CommandDefinition(put, item, t, cancellationToken: ct)) == 1
            ? await TenancyStore.RaiseOperator(c, t, ct)
            : null, ct);
    }
}
