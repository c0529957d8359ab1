using CallCenter.Simulator.Audio;
using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;

namespace CallCenter.Simulator.People;

/// <summary>Someone who works: logs in, answers (mostly), talks, wraps up, takes a break now and then.</summary>
internal sealed class Agent : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20), RingMax = TimeSpan.FromSeconds(130), TalkMax = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan DialMax = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100), LookAtRest = TimeSpan.FromMilliseconds(500);

    private readonly World _world;
    private readonly Random _random;
    private readonly Voice _voice;
    private readonly CentreApi _api;
    private readonly Lock _gate = new();
    private SipRegistration? _registration;
    private PhoneTalk? _talk;
    private OfferRecord? _offer;
    private Task _work = Task.CompletedTask;
    private readonly Colleagues _colleagues;

    private Agent(World world, Random random, CentreApi api, AgentRecord record)
    {
        (_world, _random, _api, Record) = (world, random, api, record);
        _voice = Voice.Draw(random, Voice.AgentPilot);
        _colleagues = new Colleagues(world, record, api, random);
    }

    public AgentRecord Record { get; }

    /// <summary>Signs in, registers the phone, becomes Available and waits until calls can come.</summary>
    public static async Task<Agent> BeginShift(World world, DemoAgent who, Random random, CancellationToken ct)
    {
        var api = await CentreApi.SignIn(world.Http, who.User, ct);
        var id = (await api.Agents(ct)).Single(a => a.User == who.User.User).Id;
        var agent = new Agent(world, random, api, new AgentRecord(id, who.User.User, who.User.Tenants));
        agent._registration = await world.Switchboard.Register(who.Phone.SipUser, who.Phone.SipPassword, call => agent.Rings(call, ct));
        world.Tally.Works(agent.Record);
        await agent.Choose("Available", null, ct);
        await agent.Until("ready for calls", a => a is { Status: "Available", State: "Idle" }, ct);
        agent.Record.ReadyAt = world.Now;
        agent.Record.Enter(AgentStage.Ready, world.Now);
        return agent;
    }

    /// <summary>Finishes what is at hand, then logs out and takes the phone away.</summary>
    public async Task EndShift(CancellationToken ct)
    {
        await Work().WaitAsync(RingMax + TalkMax, _world.Clock, ct);
        await Until("at rest", a => a.State is "Idle" or "Unreachable", ct);
        await Choose("LoggedOut", null, ct);
        Record.Enter(AgentStage.Off, _world.Now);
        await _registration!.StopAsync().WaitAsync(Soon, _world.Clock, ct);
    }

    /// <summary>The system's process is gone: the call with it.</summary>
    public void Lose(DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_talk is { IsOver: false } talk && _offer is { } offer)
            {
                offer.LostAt = talk.Line.LastHeardAt ?? at;
                talk.End(new CallEnded(SipEndCause.TransportError, 503, "system gone", null));
            }
        }
    }

    /// <summary>The system is there again: the phone tells it where it is.</summary>
    public void Return() => _registration?.Refresh();

    public void Dispose() => _api.Dispose();

    private Task Work()
    {
        lock (_gate)
        {
            return _work;
        }
    }

    private void Rings(UasCall incoming, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_talk is { IsOver: false })
            {
                var second = new OfferRecord(Record.Id, Record.User, _world.Switchboard.Wire.Of(incoming.CallId));
                Record.Offered(second);
                Tell(incoming, second);
                _world.Tally.Fault($"{Record.User}'s phone rang while a call was there");
                incoming.Reject(486);
                return;
            }
            var talk = new PhoneTalk(new RtpLine(_voice, Voice.CallerPilot, (uint)_random.Next(), _world.Clock));
            incoming.OnEvent = talk.On;
            (_talk, _offer) = (talk, new OfferRecord(Record.Id, Record.User, _world.Switchboard.Wire.Of(incoming.CallId)));
            Record.Offered(_offer);
            Record.Enter(AgentStage.Ringing, _world.Now);
            var (offer, call) = (_offer, Tell(incoming, _offer));
            incoming.Ringing();
            _work = After(_work, () => Take(incoming, talk, offer, call, ct));
        }
    }

    private CallRecord? Tell(UasCall incoming, OfferRecord offer)
    {
        var caller = incoming.Request.FromUser;
        if (_world.Tally.CallOf(caller) is not { } call)
        {
            _world.Tally.Fault($"{Record.User}'s phone rang for '{caller}', whom nobody here is");
            return null;
        }
        if (call.Ask is { Answer: null, Over.IsCompleted: false } ask && ask.Colleague == Record.Id)
        {
            (ask.Answer, offer.AskedIn) = (offer, ask);
        }
        call.Offered(offer);
        return call;
    }

    private async Task After(Task before, Func<Task> then)
    {
        await before;
        try
        {
            await then();
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or InvalidOperationException)
        {
            _world.Tally.Fault($"{Record.User}: {e.Message}");
        }
    }

    private async Task Take(UasCall incoming, PhoneTalk talk, OfferRecord offer, CallRecord? call, CancellationToken ct)
    {
        var plan = AgentPlan.Draw(_random, _world.Transfers);
        var looks = call?.AskedBackFrom is null ? Task.CompletedTask : SeesContact(offer, ct);
        var ring = plan.Act is Act.Miss or Act.Reject ? await SeesRinging(talk, ct) : null;
        switch (plan.Act)
        {
            case Act.Miss:
                offer.Missed = true;
                await talk.Stays(RingMax, _world.Clock);
                break;
            case Act.Reject:
                if (await talk.Stays(plan.After, _world.Clock))
                {
                    incoming.Reject(486);
                }
                break;
            default:
                if (await talk.Stays(plan.After, _world.Clock))
                {
                    await Answer(incoming, talk, offer, call, plan, ct);
                }
                break;
        }
        incoming.Bye();
        await talk.Stays(Soon, _world.Clock);
        if (offer.LostAt is null && !await _world.Comes(offer.Wire.Over, Soon))
        {
            _world.Tally.Fault($"the call at {Record.User}'s phone did not end within {Soon.TotalSeconds:0} s: {plan.Act}, {offer.Wire}");
        }
        offer.VoiceHeardAt ??= talk.Line.VoiceHeardAt;
        offer.AskedIn?.Consult(null);
        offer.AskedIn?.Join(null);
        await looks;
        talk.Dispose();
        _world.Switchboard.Wire.Forget(incoming.CallId);
        await BackToWork(offer, plan, ring, ct);
    }

    /// <summary>This caller has asked to be called back: for which of the two contacts the phone rings is on the screen.</summary>
    private async Task SeesContact(OfferRecord offer, CancellationToken ct) =>
        offer.Contact = (await _world.Connection.Ask(() => _api.Agent(Record.Id, ct), ct)).Contact;

    /// <summary>The ring as the system tells it; null when it ends before.</summary>
    private async Task<AgentItem?> SeesRinging(PhoneTalk talk, CancellationToken ct)
    {
        while (!talk.IsOver)
        {
            if (await _world.Connection.Ask(() => _api.Agent(Record.Id, ct), ct) is { State: "Ringing" } ringing)
            {
                return ringing;
            }
            await talk.Stays(Look, _world.Clock);
        }
        return null;
    }

    private async Task Answer(UasCall incoming, PhoneTalk talk, OfferRecord offer, CallRecord? call, AgentPlan plan, CancellationToken ct)
    {
        var isConsulted = offer.AskedIn is { Kind: not Ask.ToAgent };
        talk.Listen(isConsulted ? Voice.AgentPilot : Voice.CallerPilot);
        _world.Switchboard.Pump.Add(talk.Line);
        incoming.Answer(talk.Line.Sdp(_world.Switchboard.Address));
        if (incoming.Offer is { } sdp)
        {
            talk.Line.Connect(sdp);
        }
        Record.Enter(AgentStage.Talk, _world.Now);
        // A customer who is called back is dialled only now.
        await talk.Stays(call?.AskedBackFrom is null && call?.After is null ? Soon : DialMax, _world.Clock, talk.VoiceHeard);
        if (offer.AskedIn is { } asked && talk.VoiceHeard.IsCompleted)
        {
            await JoinIn(asked, isConsulted, talk, offer);
        }
        if (plan.HoldAfter is { } before && before < plan.Talk)
        {
            if (!await talk.Stays(before, _world.Clock) || !talk.VoiceHeard.IsCompleted)
            {
                return;
            }
            await Hold(incoming, talk, plan);
        }
        if (plan.Ask is not null && call is not null && await talk.Stays(plan.Step, _world.Clock) && talk.VoiceHeard.IsCompleted)
        {
            await _colleagues.Ask(plan, call, offer, talk, ct);
        }
        await talk.Stays(plan.Talk, _world.Clock);
    }

    /// <summary>The agent who was asked hears the colleague first, and the caller when it has that one too; or the caller at once.</summary>
    private async Task JoinIn(AskRecord asked, bool isConsulted, PhoneTalk talk, OfferRecord offer)
    {
        offer.VoiceHeardAt = talk.Line.VoiceHeardAt;
        if (isConsulted)
        {
            talk.Listen(Voice.CallerPilot);
            asked.Consult(offer.VoiceHeardAt);
            await talk.Stays(TalkMax, _world.Clock, talk.VoiceHeard);
        }
        asked.Join(talk.Line.VoiceHeardAt);
        await talk.Stays(TalkMax, _world.Clock, asked.Over); // nobody holds while three speak
    }

    private async Task Hold(UasCall incoming, PhoneTalk talk, AgentPlan plan)
    {
        incoming.Reinvite(talk.Line.Sdp(_world.Switchboard.Address, held: true));
        Record.Enter(AgentStage.Hold, _world.Now);
        if (await talk.Stays(plan.Hold, _world.Clock))
        {
            incoming.Reinvite(talk.Line.Sdp(_world.Switchboard.Address));
            Record.Enter(AgentStage.Talk, _world.Now);
        }
    }

    /// <summary>Wrap-up, a break when it is time, and ready again, whatever rule took the agent out; the missed ring may be told for a while after its end.</summary>
    private async Task BackToWork(OfferRecord offer, AgentPlan plan, AgentItem? missed, CancellationToken ct)
    {
        if (offer.Answered)
        {
            Record.Enter(AgentStage.WrapUp, _world.Now);
            if (plan.Break is not null)
            {
                await Choose("Break", "Coffee", ct);
            }
            await WrapUp(offer, plan, ct);
        }
        // The next phone may ring at once: that is after work too.
        var agent = await Until("after work", a => a.State is "Idle" or "Unreachable" or "Reserved" || (a.State == "Ringing" && a.StateSince != missed?.StateSince), ct);
        if (agent.Status != "Available")
        {
            Record.Enter(AgentStage.Break, _world.Now);
            await _world.Pass(plan.Break ?? TimeSpan.FromSeconds(1), ct);
            await Choose("Available", null, ct);
        }
        lock (_gate)
        {
            if (_talk is null or { IsOver: true })
            {
                Record.Enter(AgentStage.Ready, _world.Now);
            }
        }
    }

    private async Task WrapUp(OfferRecord offer, AgentPlan plan, CancellationToken ct)
    {
        var agent = await Until("in wrap-up or after it", a => a.State is not ("Talking" or "Hold"), ct);
        if (plan.WrapUp is not { } time || agent is not { State: "WrapUp", Contact: { } contact })
        {
            return;
        }
        await _world.Pass(time, ct);
        var from = _world.Now;
        if (await _world.Connection.Ask(() => _api.Dispose(Record.Id, contact, "done", ct), ct))
        {
            (offer.DisposedFrom, offer.DisposedTo) = (from, _world.Now);
        }
    }

    private async Task Choose(string status, string? reason, CancellationToken ct)
    {
        var from = _world.Now;
        await _world.Connection.Ask(() => _api.SetStatus(Record.Id, status, reason, ct), ct);
        Record.Chose(new StatusChoice(status, from, _world.Now));
    }

    private async Task<AgentItem> Until(string what, Func<AgentItem, bool> isSo, CancellationToken ct)
    {
        var deadline = _world.Now + RingMax;
        while (true)
        {
            var agent = await _world.Connection.Ask(() => _api.Agent(Record.Id, ct), ct);
            if (isSo(agent))
            {
                return agent;
            }
            if (_world.Now > deadline)
            {
                throw new TimeoutException($"{Record.User} was not {what} within {RingMax.TotalSeconds:0} s, but {agent.Status}, {agent.State}");
            }
            await _world.Pass(agent.State == "WrapUp" ? LookAtRest : Look, ct);
        }
    }
}
