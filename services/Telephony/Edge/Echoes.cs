using System.Collections.Concurrent;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// The echo before a shift: an agent's browser calls <c>sip:echo@…</c> and gets back what it sends, so that the agent hears itself over the
/// whole way and the page measures it. One a user, the newest; no contact, no event, no recording.
/// </summary>
internal sealed class Echoes(TelephonyOptions options, MediaEngine engine, TimeProvider clock)
{
    /// <summary>User part of its URI.</summary>
    public const string User = "echo";

    /// <summary>All of a shift that begins at once.</summary>
    public const int Max = 200;

    /// <summary>Nobody listens to itself for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, BrowserCall> open = new(StringComparer.Ordinal);

    /// <summary>Echoes that go on.</summary>
    public int Count => open.Count;

    /// <summary>Takes the call of a user who is registered by that socket, on the endpoint's loop.</summary>
    public void Take(UasCall sip)
    {
        if (open.TryGetValue(sip.Request.FromUser, out var older))
        {
            older.End(LegEnd.Ended);
        }
        if (open.Count >= Max)
        {
            sip.Reject(503, retryAfterSeconds: Admission.RetryAfterSeconds);
        }
        else if (BrowserCall.Take(sip, "echo", engine, options, clock) is { } call)
        {
            var limit = clock.CreateTimer(_ => call.End(LegEnd.Ended), null, Longest, Timeout.InfiniteTimeSpan);
            open[call.User] = call;
            call.Ended = _ =>
            {
                limit.Dispose();
                open.TryRemove(new(call.User, call));
            };
            call.Media.Leg.Echo();
            call.Answer();
        }
    }

    /// <summary>The gateway stops.</summary>
    public void Stop()
    {
        foreach (var (_, echo) in open)
        {
            echo.End(LegEnd.GatewayStopped);
        }
    }
}
