using System.Threading.Channels;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// The call to an agent's phone that stays up for the shift: an <see cref="AgentLeg"/> without a caller, on a mailbox of its own. A key, hold or
/// transfer of the phone is told to whoever is joined.
/// </summary>
internal sealed class PhoneLine : IStandingCall
{
    /// <summary>Waiting work; a phone that sends more than is taken loses it.</summary>
    private const int MailboxMax = 1024;

    private readonly Channel<Action> mailbox = Channel.CreateBounded<Action>(new BoundedChannelOptions(MailboxMax) { SingleReader = true });
    private readonly CallServices services;
    private readonly LegOrder order;
    private readonly AgentLeg leg;

    public PhoneLine(CallServices services, LegOrder order)
    {
        (this.services, this.order) = (services, order);
        leg = new AgentLeg(services, order, Post, input => Told(input), null);
    }

    /// <summary>What happens to it: the inputs of <see cref="AgentLeg"/>.</summary>
    public Action<CallInput> Told { get; set; } = _ => { };

    /// <inheritdoc/>
    public LegMedia Media => leg.Media ?? throw new InvalidOperationException("The phone has not answered.");

    /// <summary>The Contact of the phone that answered.</summary>
    public string? Contact => leg.Answered?.Invite.Target;

    /// <summary>Rings the phone.</summary>
    public void Start()
    {
        _ = Run();
        Post(() => leg.Start(null));
    }

    /// <summary>A phone hears its callers: it needs no word.</summary>
    public void Tell(string news)
    {
    }

    /// <inheritdoc/>
    public void SendKey(char digit, int durationMs) => leg.Keys?.Invoke(digit, durationMs);

    /// <inheritdoc/>
    public void Transferred(bool done) => Post(() => leg.EndReferral(done));

    /// <inheritdoc/>
    public void End(LegEnd end) => Post(() =>
    {
        leg.Drop();
        Told(new LegGone(order.Leg, end));
    });

    private void Post(Action work)
    {
        if (!mailbox.Writer.TryWrite(work))
        {
            Log.PhoneLineFull(services.Logger, order.Agent);
        }
    }

    private async Task Run()
    {
        await foreach (var work in mailbox.Reader.ReadAllAsync())
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Log.PhoneLineFailed(services.Logger, e, order.Agent);
            }
        }
    }
}
