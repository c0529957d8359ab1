using System.Collections.Concurrent;
using System.Net;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// The calls of this gateway: takes INVITEs in, finds a command's call. A closed call is kept 10 s more, for repetitions of
/// the commands that closed it.
/// </summary>
internal sealed class Calls : IGatewayCommandHandler
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, Call> calls = [];
    private readonly CallServices services;
    private readonly CurrentConfiguration configuration;
    private readonly Admission admission;
    private readonly TaskCompletionSource allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int live;
    private volatile bool draining;

    public Calls(CallServices services, CurrentConfiguration configuration, Admission admission)
    {
        this.services = services;
        this.configuration = configuration;
        this.admission = admission;
        admission.Closed = WhyClosed;
    }

    /// <summary>Calls that are not closed.</summary>
    public IEnumerable<Call> Live => calls.Values.Where(c => c.State.Phase != CallPhase.Closed);

    /// <summary>Whether one of them has a leg of the agent, be it ringing.</summary>
    public bool Have(Guid agent) => Live.Any(call => call.State.Legs.Values.Any(leg => leg.Agent == agent));

    /// <summary>Why no new call is taken; null when one is.</summary>
    public string? WhyClosed() =>
        draining ? Refusals.Draining
        : services.Events.Failure is not null || services.Events.Bytes + services.Blocks.Bytes > (long)services.Options.SpoolMegabytesMax << 20 ? Refusals.SpoolFull
        : null;

    /// <inheritdoc/>
    public Task<CommandResult> Handle(CallCommand command) => (calls.GetValueOrDefault(command.Contact), command) switch
    {
        ({ } call, _) when call.Tenant == command.Tenant => call.Order(command),
        (null, PlaceCall order) => Task.FromResult(Place(order)),
        _ => Task.FromResult(new CommandResult(command.CommandId, CommandOutcome.NoSuchCall, command.Epoch, null)),
    };

    /// <summary>Takes no more calls and lets those there are go on; completes when the last one has ended, at the latest at the deadline.</summary>
    public async Task Drain(TimeSpan deadline)
    {
        draining = true;
        await AllClosed(deadline);
    }

    /// <summary>Takes no more calls and ends those there are; completes when all have told their CallClosed. Gives how many there were.</summary>
    public async Task<int> Stop(TimeSpan deadline)
    {
        draining = true;
        var ending = Live.ToList();
        ending.ForEach(call => call.Stop());
        await AllClosed(deadline);
        return ending.Count;
    }

    private async Task AllClosed(TimeSpan deadline)
    {
        if (Volatile.Read(ref live) > 0)
        {
            try
            {
                await allClosed.Task.WaitAsync(deadline, services.Clock);
            }
            catch (TimeoutException)
            {
                // What a drain leaves is ended then; what a stop leaves the next start finds open and ends.
            }
        }
    }

    /// <summary>A new call, on the endpoint's loop.</summary>
    public void Invited(UasCall sip)
    {
        if (sip.Replaced is not null)
        {
            // What a trunk's caller may take the place of is not for the caller to say (RFC 3891 section 7).
            sip.Reject(603);
            return;
        }
        var at = services.Clock.Now();
        var source = services.Proxies.OriginOf(sip.Request, sip.Flow).Remote.Address;
        var dialled = Dialled(sip, source);
        var verdict = admission.Decide(configuration.Now, source, dialled);
        if (verdict is Refused refused)
        {
            Refuse(sip, source, dialled, refused, at);
            return;
        }
        var admitted = (Admitted)verdict;
        Call? call = null;
        var media = LegMedia.TryOpen(services.Media, services.Options.AdvertisedTo(LegMedia.FamilyFor(sip.Offer, source)), "caller", null, e => call?.On(e), out _, LegMedia.SecurityFor(sip.Offer));
        if (Unfit(sip, admitted, media) is { } unfit)
        {
            media?.Close();
            admitted.Ticket.Dispose();
            Refuse(sip, source, dialled, unfit, at);
            return;
        }
        var (caller, origin) = CallOrigins.Of(sip.Request);
        call = new Call(services, new(Guid.CreateVersion7(at), at, caller, origin, admitted.Number, admitted.Trunk.Trunk.Name, admitted.Ticket, sip, media!, source), Closed);
        sip.OnEvent = call.On;
        Log.CallArrived(services.Logger, call.Contact, call.Tenant, call.Called, call.Trunk);
        Begin(call);
    }

    /// <summary>A call of ours for a contact that has none. What may not be dialled is refused before anybody is asked.</summary>
    private CommandResult Place(PlaceCall order)
    {
        var at = services.Clock.Now();
        if (at > order.Expires)
        {
            return new(order.CommandId, CommandOutcome.Expired, order.Epoch, null);
        }
        if (WhyClosed() is { } closed)
        {
            return Refused("the gateway takes no calls now", closed);
        }
        if (!CommandTable.IsNumber(order.Number))
        {
            return Refused($"'{order.Number}' is not a number", Refusals.ForbiddenDestination);
        }
        if (configuration.Now.Number(order.Shown) is not { Number.Flow: not null } shown || shown.Tenant.Tenant != order.Tenant)
        {
            return Refused($"'{order.Shown}' is no number of the tenant's with a flow: it is not the tenant's to show", Refusals.UnknownNumber);
        }
        if (services.Outbound.WhyNot(order.Tenant, order.Number) is { } why)
        {
            return Refused(why.Detail, why.Reason);
        }
        Call? call = null;
        var family = services.Outbound.FamilyTo(order.Tenant, order.Number);
        if (LegMedia.TryOpen(services.Media, services.Options.AdvertisedTo(family), "caller", null, e => call?.On(e), out _) is not { } media)
        {
            return Refused("there are no media ports left", Refusals.NoMediaPorts);
        }
        call = new Call(services, new(order.Contact, at, order.Number, null, shown, "", null, null, media, Queue: order.Queue), Closed);
        Log.CallPlaced(services.Logger, call.Contact, call.Tenant, call.Called);
        Begin(call);
        return new(order.CommandId, CommandOutcome.Done, PlacedTable.Epoch, null);

        CommandResult Refused(string detail, string reason) => new(order.CommandId, CommandOutcome.Refused, order.Epoch, detail) { Reason = reason };
    }

    private void Begin(Call call)
    {
        Interlocked.Increment(ref live);
        Telemetry.CallsLive.Add(1);
        calls[call.Contact] = call;
        call.Start();
        if (draining)
        {
            // Taken while the gateway began to stop.
            call.Stop();
        }
    }

    // A trunk that we register at calls our account; the number is in To then.
    private string Dialled(UasCall sip, IPAddress source)
    {
        var user = SipUri.TryParse(sip.Request.RequestUri, out var target) ? target.User : "";
        var account = configuration.Now.Trunk(source)?.Trunk.Account?.User;
        return user.Length == 0 || user == account ? sip.Request.ToUser : user;
    }

    private static Refused? Unfit(UasCall sip, Admitted admitted, LegMedia? media)
    {
        if (media is null)
        {
            return new Refused(503, Refusals.NoMediaPorts, Admission.RetryAfterSeconds, admitted.Trunk, admitted.Number);
        }
        return sip.Offer is not null && media.Answer(sip.Offer) is SdpRefused refused
            ? new Refused(refused.Code, refused.Code == 488 ? Refusals.NoCodec : Refusals.BadOffer, null, admitted.Trunk, admitted.Number)
            : null;
    }

    private void Refuse(UasCall sip, IPAddress source, string dialled, Refused refused, DateTimeOffset at)
    {
        Telemetry.Refused(refused.Reason, refused.Number?.Tenant.Tenant);
        Log.CallRefused(services.Logger, source.ToString(), dialled, refused.SipStatus, refused.Reason);
        if (refused.Reason == Refusals.UnknownTrunk)
        {
            services.Bans.Strike(source, Offence.UnknownCaller);
        }
        // A load balancer gives the call to another gateway then, and only then: a limit is one of all gateways.
        var phrase = refused.Reason is Refusals.Draining or Refusals.SpoolFull ? refused.Reason : null;
        sip.Reject(refused.SipStatus, phrase, retryAfterSeconds: refused.RetryAfterSeconds);
        if (refused.Number is { } number)
        {
            var contact = Guid.CreateVersion7(at);
            var ladder = services.Ladders.Begin(number.Tenant.Tenant, contact);
            services.Ladders.Claim(ladder, sip.CallId, LegRole.Caller, null);
            services.Ladders.Finish(ladder);
            Tell(number, contact, at, new CallRejected(refused.Reason, refused.SipStatus, CallOrigins.Of(sip.Request).Number, dialled) { Leg = Guid.CreateVersion7(at) });
            Tell(number, contact, at, new CallClosed { Final = true });
        }
    }

    private void Tell(NumberEntry number, Guid contact, DateTimeOffset at, ContactEvent e) =>
        services.Events.Store(e with { Tenant = number.Tenant.Tenant, Stream = contact, OccurredAt = at });

    private void Closed(Call call)
    {
        Telemetry.CallsLive.Add(-1);
        if (Interlocked.Decrement(ref live) == 0 && draining)
        {
            allClosed.TrySetResult();
        }
        _ = ForgetLater(call);
    }

    private async Task ForgetLater(Call call)
    {
        await Task.Delay(Linger, services.Clock);
        calls.TryRemove(call.Contact, out _);
        call.Forget();
    }
}
