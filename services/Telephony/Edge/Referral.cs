using CallCenter.Sip.Calls;

namespace CallCenter.Telephony.Edge;

/// <summary>A transfer that a phone asked for by REFER: accepted, and told once how it went; as failed when nothing came of it in time.</summary>
internal sealed class Referral
{
    /// <summary>For the controller's decision and its command.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int NumberMax = 32;
    private readonly CallRefer asked;
    private readonly ITimer timer;
    private bool over;

    /// <param name="asked">The phone's REFER.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="post">Puts work on the call's mailbox.</param>
    public Referral(CallRefer asked, TimeProvider clock, Action<Action> post)
    {
        this.asked = asked;
        asked.Accept();
        timer = clock.CreateTimer(_ => post(() => Over(503)), null, Patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What may be dialled: 2 to 32 of 0-9 * #, a leading + allowed.</summary>
    public static bool IsNumber(string user) =>
        user.Length is >= 2 and <= NumberMax && user.Skip(user[0] == '+' ? 1 : 0).All(c => char.IsAsciiDigit(c) || c is '*' or '#');

    /// <summary>Tells the phone; only the first word counts.</summary>
    public void Over(int code)
    {
        if (!over)
        {
            over = true;
            timer.Dispose();
            asked.Report(code);
        }
    }

    /// <summary>The leg is over: nothing is told any more.</summary>
    public void Forget() => timer.Dispose();
}
