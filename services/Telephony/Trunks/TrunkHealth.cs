using CallCenter.Contracts.Tenancy;

namespace CallCenter.Telephony.Trunks;

/// <summary>
/// Whether a trunk takes calls outside, from what its OPTIONS, its registration and its calls showed; immutable. Two misses in a row make it down:
/// one may be a lost packet. A final answer of any kind but 408 and 503 shows that somebody is there (RFC 3261 section 11).
/// </summary>
/// <param name="Since">When it was last seen to go up or down.</param>
/// <param name="Misses">Probes in a row without a proper answer.</param>
/// <param name="LastCode">The status of the last probe; 0 before the first.</param>
/// <param name="Registration">The status of our last REGISTER; null without an account that registers, 0 before the first answer.</param>
internal sealed record TrunkHealth(bool Answers, DateTimeOffset Since, int Misses, int LastCode, int? Registration)
{
    /// <summary>Misses that make a trunk down.</summary>
    public const int MissesMax = 2;

    /// <summary>Until the first probe a trunk is taken for good: calls show it otherwise.</summary>
    public static TrunkHealth Unknown(TrunkSnapshot trunk, DateTimeOffset now) => new(true, now, 0, 0, trunk.Account is { Register: true } ? 0 : null);

    /// <summary>It answers, and stands in its registrar where it has to.</summary>
    public bool IsUp => Answers && Registration is null or 200;

    public TrunkHealth Probed(int code, DateTimeOffset now)
    {
        var misses = code is 408 or 503 ? Misses + 1 : 0;
        var answers = misses == 0 || (Answers && misses < MissesMax);
        return this with { Answers = answers, Misses = misses, LastCode = code, Since = answers == Answers ? Since : now };
    }

    public TrunkHealth Registered(int code, DateTimeOffset now)
    {
        var next = this with { Registration = code };
        return next with { Since = next.IsUp == IsUp ? Since : now };
    }
}
