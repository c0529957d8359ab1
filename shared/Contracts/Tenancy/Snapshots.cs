namespace CallCenter.Contracts.Tenancy;

/// <summary>A tenant's or the operator's configuration has a new version; services fetch its snapshot. Versions only grow.</summary>
public sealed record ConfigurationChanged(Guid Tenant, long Version);

/// <summary>What a call to a number falls back to when no service takes control: text keys resolve to clips.</summary>
/// <param name="Prompt">Said once; null for silence.</param>
/// <param name="Music">Played while the caller is held; null for silence.</param>
/// <param name="LongestHoldSeconds">Then the call is ended.</param>
public sealed record NumberFallback(Telephony.Clip? Prompt, Telephony.Clip? Music, int LongestHoldSeconds);

/// <summary>A tenant's number. Without a flow a call is answered 480.</summary>
public sealed record NumberSnapshot(string Number, string Kind, Guid? Flow, NumberFallback Fallback);

/// <summary>A tenant's limits; above them 503 with Retry-After.</summary>
public sealed record TenantLimits(int ConcurrentCalls, int CallsPerSecond);

/// <summary>Where a tenant's calls outside may go and what they may cost a day; beside it each trunk's own limits hold.</summary>
public sealed record TenantOutside
{
    /// <summary>Nothing is narrowed but premium numbers.</summary>
    public static readonly TenantOutside Default = new();

    /// <summary>Beginnings of the numbers that may be dialled, such as "+358"; none: all that the trunks allow.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Beginnings of the numbers that may not be dialled, whatever is allowed.</summary>
    public IReadOnlyList<string> Forbidden { get; init; } = [];

    /// <summary>True: premium-rate and satellite numbers may be dialled where they are allowed.</summary>
    public bool Premium { get; init; }

    /// <summary>What the calls of one day, in the tenant's time zone, may cost in the operator's currency; null: not limited.</summary>
    public decimal? DayCostMax { get; init; }
}

/// <summary>What calls by a trunk cost, and its limits beside its destinations.</summary>
public sealed record TrunkOutside
{
    /// <summary>No prices, no limits.</summary>
    public static readonly TrunkOutside Default = new();

    /// <summary>Beginnings of the numbers that are not dialled by this trunk, whatever its destinations.</summary>
    public IReadOnlyList<string> Forbidden { get; init; } = [];

    /// <summary>Of the prices whose prefix a number begins with the longest counts.</summary>
    public IReadOnlyList<CallPrice> Prices { get; init; } = [];

    /// <summary>What the calls of one day (UTC) by this trunk may cost; null: not limited.</summary>
    public decimal? DayCostMax { get; init; }
}

/// <summary>What a minute costs, in the operator's currency.</summary>
public sealed record CallPrice(string Prefix, decimal PerMinute);

/// <summary>How a tenant shows itself where agents speak in its name.</summary>
/// <param name="Colour">"#rrggbb", lower case.</param>
/// <param name="Greeting">The exact sentence that an agent says first, in the tenant's language; empty for none.</param>
public sealed record TenantBrand(string Colour, string Greeting)
{
    /// <summary>What a tenant has that was given none.</summary>
    public static readonly TenantBrand Default = new("#3b5b7a", "");
}

/// <summary>A tenant's whole configuration as other services need it.</summary>
/// <param name="Language">BCP 47 tag, such as "fi".</param>
/// <param name="DataKey">The tenant's data key (AES-256), wrapped by the installation's master key; base64.</param>
public sealed record TenantSnapshot(
    Guid Tenant, long Version, string Name, string Language, string TimeZone,
    IReadOnlyList<NumberSnapshot> Numbers, TenantLimits Limits, string DataKey)
{
    public TenantBrand Brand { get; init; } = TenantBrand.Default;

    public TenantOutside Outside { get; init; } = TenantOutside.Default;

    /// <summary>Who takes card payments for the tenant; null: cards cannot be taken.</summary>
    public PaymentService? Payment { get; init; }
}

/// <summary>A tenant's payment service: a card's digits are posted to it by the gateway and seen by nobody else.</summary>
/// <param name="Url">https, or http on this machine.</param>
/// <param name="SealedSecret">Its bearer token, sealed by the installation's master key; base64.</param>
public sealed record PaymentService(string Url, string SealedSecret);

/// <summary>A trunk that may send calls: networks in CIDR form it is trusted from.</summary>
/// <param name="Target">Address and port, such as "192.0.2.7:5060" or "[2001:db8::7]:5060", that calls outside are sent to; null: none are.</param>
public sealed record TrunkSnapshot(string Name, IReadOnlyList<string> TrustedNetworks, int ConcurrentCalls, int CallsPerSecond, string? Target = null)
{
    /// <summary>Beginnings of the numbers that may be dialled by this trunk, such as "+358"; none: nothing.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>Trunks of the lowest priority are tried first.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>The share of the calls among trunks of one priority; at least 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The tenants whose calls outside may go by this trunk; none named: all.</summary>
    public IReadOnlyList<Guid> Tenants { get; init; } = [];

    /// <summary>How we show ourselves to the trunk; null where it knows us by our address.</summary>
    public TrunkAccount? Account { get; init; }

    public TrunkOutside Outside { get; init; } = TrunkOutside.Default;
}

/// <summary>Our account at a trunk.</summary>
/// <param name="SealedPassword">Sealed by the installation's master key; base64.</param>
/// <param name="Domain">Of the address of record; the target's address when null.</param>
/// <param name="Register">We keep a registration there; else the account only answers challenges.</param>
public sealed record TrunkAccount(string User, string SealedPassword, string? Domain, bool Register);

/// <summary>An agent's phone: digest HA1 (hex) of user:realm:password for MD5 and SHA-256 (RFC 7616).</summary>
public sealed record PhoneSnapshot(Guid Agent, string SipUser, string Ha1Md5, string Ha1Sha256);

/// <summary>The operator's configuration as other services need it.</summary>
public sealed record OperatorSnapshot(
    Guid Operator, long Version, string Name, string Realm,
    IReadOnlyList<Guid> Tenants, IReadOnlyList<TrunkSnapshot> Trunks, IReadOnlyList<PhoneSnapshot> Phones);
