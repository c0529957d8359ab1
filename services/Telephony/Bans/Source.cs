using System.Net;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Bans;

/// <summary>What is known of one address. <see cref="BanList"/> guards it.</summary>
internal sealed class Source
{
    private GatewayConfiguration? judgedBy;
    private bool trusted;
    private DateTimeOffset pointsAt;
    private double tokens = double.NaN;
    private long tokensAt;

    public double Points { get; private set; }
    public DateTimeOffset LastAt { get; set; }
    public DateTimeOffset BannedAt { get; private set; }
    public DateTimeOffset? BannedUntil { get; private set; }
    public TimeSpan BanTime { get; private set; }
    public Offence LastOffence { get; private set; }
    public long Dropped { get; set; }

    /// <summary>True for an address of a trunk; looked up once for each configuration.</summary>
    public bool IsTrusted(GatewayConfiguration configuration, IPAddress address)
    {
        if (!ReferenceEquals(judgedBy, configuration))
        {
            (judgedBy, trusted) = (configuration, configuration.Trunk(address) is not null);
        }
        return trusted;
    }

    /// <summary>Adds points to what is left of the earlier ones.</summary>
    public double Add(int points, DateTimeOffset now)
    {
        Points = Math.Max(0, Points - (now - pointsAt).TotalMinutes * BanList.DecayPerMinute) + points;
        (pointsAt, LastAt) = (now, now);
        return Points;
    }

    public void Ban(DateTimeOffset now, Offence offence)
    {
        BanTime = BanTime == default ? BanList.FirstBan : BanTime * 2 < BanList.LongestBan ? BanTime * 2 : BanList.LongestBan;
        (BannedAt, BannedUntil, LastOffence, Points) = (now, now + BanTime, offence, 0);
    }

    /// <summary>A token bucket that holds one second's messages.</summary>
    public bool TakeToken(int perSecond, TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        tokens = double.IsNaN(tokens) ? perSecond : Math.Min(perSecond, tokens + clock.GetElapsedTime(tokensAt, now).TotalSeconds * perSecond);
        tokensAt = now;
        if (tokens < 1)
        {
            return false;
        }
        tokens--;
        return true;
    }
}
