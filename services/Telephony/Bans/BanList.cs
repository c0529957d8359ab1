using System.Net;
using System.Net.Sockets;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Bans;

/// <summary>What an address did.</summary>
internal enum Offence
{
    /// <summary>A REGISTER that had to be challenged. A phone that registers needs one; who looks for users leaves many.</summary>
    Challenged,

    /// <summary>Wrong digest for a challenge of ours, for a known or an unknown user: the address is proven by its answer.</summary>
    WrongCredentials,

    /// <summary>An INVITE from outside of all trunks.</summary>
    UnknownCaller,

    /// <summary>A tool that only looks for open doors.</summary>
    Scanner,
}

/// <summary>An address that is not answered until then.</summary>
/// <param name="Offence">The last one before the ban.</param>
/// <param name="Dropped">Messages dropped since.</param>
internal sealed record Ban(string Address, DateTimeOffset Since, DateTimeOffset Until, string Offence, long Dropped);

/// <summary>
/// Addresses that guess passwords or look for open doors: each offence counts points, points decay, at the limit the address is dropped unread
/// for ten minutes, each further time twice as long. Addresses that send more than so many messages a second are held to that.
/// Addresses of trunks are never touched; where phones are registered only what cannot be forged counts, with ten times the limit. IPv6 by /64.
/// Any thread.
/// </summary>
internal sealed class BanList(TelephonyOptions options, CurrentConfiguration configuration, TimeProvider clock, ILogger<BanList> logger)
{
    /// <summary>Points that ban.</summary>
    public const int PointsMax = 100;

    /// <summary>The same where phones are registered: an office may have one phone with a wrong password.</summary>
    public const int PointsMaxWithPhones = 1000;

    /// <summary>Points that a minute takes away.</summary>
    public const double DecayPerMinute = 10;

    /// <summary>Addresses that are followed; beyond it new ones pass, for the bounds of the endpoint hold them.</summary>
    public const int SourcesMax = 32_768;

    public static readonly TimeSpan FirstBan = TimeSpan.FromMinutes(10), LongestBan = TimeSpan.FromHours(24), IdleForgotten = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, Source> sources = [];

    /// <summary>Whether phones are registered from an address.</summary>
    public Func<IPAddress, bool> HasPhones { get; set; } = _ => false;

    /// <summary>Messages dropped unread since the start.</summary>
    public long Dropped { get; private set; }

    /// <summary>False: the message is dropped unread. Asked for each message.</summary>
    public bool Allows(IPAddress address)
    {
        var key = KeyOf(address);
        lock (gate)
        {
            if (Find(key) is not { } source || source.IsTrusted(configuration.Now, address))
            {
                return true;
            }
            var now = clock.GetUtcNow();
            source.LastAt = now;
            if (!(source.BannedUntil > now) && source.TakeToken(options.MessagesPerSecondMax, clock))
            {
                return true;
            }
            source.Dropped++;
            Dropped++;
            return false;
        }
    }

    /// <summary>Counts what an address did; at the limit it is banned.</summary>
    public void Strike(IPAddress address, Offence offence)
    {
        var key = KeyOf(address);
        Source? source;
        lock (gate)
        {
            source = Find(key);
            if (source is null || source.IsTrusted(configuration.Now, address) || source.Add(Points(offence), clock.GetUtcNow()) < PointsMax)
            {
                return;
            }
        }
        var phones = HasPhones(address);
        lock (gate)
        {
            // What can be forged must not shut out the phones behind an address.
            if (phones && (offence != Offence.WrongCredentials || source.Points < PointsMaxWithPhones))
            {
                return;
            }
            source.Ban(clock.GetUtcNow(), offence);
        }
        Telemetry.Bans.Add(1, new KeyValuePair<string, object?>("offence", offence.ToString()));
        Log.Banned(logger, key.ToString(), source.BannedUntil!.Value, offence.ToString());
    }

    /// <summary>The bans in force, the latest first.</summary>
    public IReadOnlyList<Ban> All()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            return [.. sources.Where(s => s.Value.BannedUntil > now).OrderByDescending(s => s.Value.BannedAt)
                .Select(s => new Ban(s.Key.ToString(), s.Value.BannedAt, s.Value.BannedUntil!.Value, s.Value.LastOffence.ToString(), s.Value.Dropped))];
        }
    }

    /// <summary>Lifts the ban of an address and forgets what it did; false when it has none.</summary>
    public bool Lift(IPAddress address)
    {
        lock (gate)
        {
            return sources.TryGetValue(KeyOf(address), out var source) && source.BannedUntil > clock.GetUtcNow() && sources.Remove(KeyOf(address));
        }
    }

    /// <summary>Forgets addresses that have been quiet for long. Called now and then.</summary>
    public void Sweep()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var (key, source) in sources)
            {
                // A ban that is over is remembered for as long as it was, so that the next is longer.
                if (now - source.LastAt > IdleForgotten && !(source.BannedUntil + source.BanTime > now))
                {
                    sources.Remove(key);
                }
            }
        }
    }

    private static int Points(Offence offence) => offence switch
    {
        Offence.Challenged => 1,
        Offence.Scanner => PointsMax,
        _ => 10,
    };

    private Source? Find(IPAddress key)
    {
        if (!sources.TryGetValue(key, out var source) && sources.Count < SourcesMax)
        {
            sources[key] = source = new Source { LastAt = clock.GetUtcNow() };
        }
        return source;
    }

    private static IPAddress KeyOf(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
