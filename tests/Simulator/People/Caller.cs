using CallCenter.Simulator.Audio;
using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;
using CallCenter.Sip.Calls;

namespace CallCenter.Simulator.People;

/// <summary>Someone who calls, waits, talks, hangs up and calls again.</summary>
internal sealed partial class Caller(World world, string number, Random random, IReadOnlyList<NumberFlow> numbers)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(40), FlowMax = TimeSpan.FromMinutes(3), TalkMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan VoiceFades = TimeSpan.FromMilliseconds(300);
    private const char KeyOfNothing = '9';
    private const int ClosedOneIn = 10;

    private readonly Voice _voice = Voice.Draw(random, Voice.CallerPilot);
    private volatile PhoneTalk? _talk;
    private volatile CallRecord? _record;

    /// <summary>Calls until the time is over; the last call ends as it is planned.</summary>
    public async Task Work(DateTimeOffset until, CancellationToken ct)
    {
        await world.Pass(CallerPlan.Between(random, 0, 8), ct);
        while (world.Now < until)
        {
            if (world.Connection.IsAway)
            {
                await world.Pass(TimeSpan.FromSeconds(1), ct);
                continue;
            }
            var plan = CallerPlan.Draw(random, world.Callbacks);
            await Call(plan, ct);
            await world.Pass(plan.Pause, ct);
        }
    }

    /// <summary>When the present or last call's audio was last heard.</summary>
    public DateTimeOffset? LastHeardAt => _talk?.Line.LastHeardAt;

    /// <summary>The system's process is gone: the call with it.</summary>
    public void Lose(DateTimeOffset at)
    {
        if (_talk is { IsOver: false } talk && _record is { } record)
        {
            record.LostAt = talk.Line.LastHeardAt ?? at;
            talk.End(new CallEnded(SipEndCause.TransportError, 503, "system gone", null));
        }
    }

    private async Task Call(CallerPlan plan, CancellationToken ct)
    {
        var (flow, which) = (Choose(random.Next(ClosedOneIn) == 0), random.Next());
        using var line = new RtpLine(_voice, Voice.AgentPilot, (uint)random.Next(), world.Clock);
        using var talk = new PhoneTalk(line);
        world.Switchboard.Pump.Add(line);
        var call = world.Switchboard.Call(flow.Number, number, line.Sdp(world.Switchboard.Address), talk.On);
        var record = new CallRecord(number, flow.Number, flow.Tenant.Id, world.Switchboard.Wire.Of(call.CallId));
        record.Closed = flow.MenuAt(world.Now) is null;
        record.Enter(Stage.Ringing, world.Now);
        (_record, _talk) = (record, talk);
        world.Tally.Began(record);

        await Live(plan, flow, which, talk, record);
        await Leave(talk, record);
        call.Bye();
        await talk.Stays(AnswerMax, world.Clock);
        if (record.LostAt is null && !await world.Comes(record.Wire.Over, AnswerMax))
        {
            world.Tally.Fault($"the call of {number} did not end within {AnswerMax.TotalSeconds:0} s of hanging up");
        }
        Close(talk, record, call.CallId);
        ct.ThrowIfCancellationRequested();
        if (record is { AskedBackFrom: not null, LostAt: null, VoiceHeardAt: null, Wire.EndedByUs: false } && record.Offers.All(o => o.VoiceHeardAt is null))
        {
            await IsCalledBack(plan, record, ct);
        }
    }

    /// <summary>Nobody hangs up while an agent asks for somebody.</summary>
    private async Task Leave(PhoneTalk talk, CallRecord record)
    {
        while (!record.TryLeave() && await talk.Stays(TalkMax, world.Clock, record.Ask!.Over))
        {
            await AfterAsking(talk, record);
        }
    }

    /// <summary>Handed on: whoever comes next is listened for, for a while.</summary>
    private async Task AfterAsking(PhoneTalk talk, CallRecord record)
    {
        if (record.Ask is { HandsOn: true, Queue: not null } && await talk.Stays(VoiceFades, world.Clock))
        {
            record.HearsVoice(talk.Line.VoiceHeardAt);
            talk.Listen();
            record.Enter(Stage.Queue, world.Now);
            if (await talk.Stays(CallerPlan.Between(random, 10, 60), world.Clock, talk.VoiceHeard) && talk.VoiceHeard.IsCompleted)
            {
                record.Enter(Stage.Talk, world.Now);
            }
        }
        await talk.Stays(CallerPlan.Between(random, 1, 8), world.Clock);
    }

    /// <summary>A number to call; few call when it is closed.</summary>
    private NumberFlow Choose(bool closedToo)
    {
        var open = closedToo ? [] : numbers.Where(n => n.MenuAt(world.Now) is not null).ToList();
        var choice = open.Count > 0 ? open : numbers;
        return choice[random.Next(choice.Count)];
    }

    private void Close(PhoneTalk talk, CallRecord record, string callId)
    {
        record.HearsVoice(talk.Line.VoiceHeardAt);
        record.Heard = talk.Line.Heard;
        record.Enter(Stage.Over, world.Now);
        world.Switchboard.Wire.Forget(callId);
        if (record is { After: null, LostAt: null, Wire.RefusedWith: not (0 or 487) })
        {
            world.Tally.Fault($"the call of {number} to {record.Number} was refused with {record.Wire.RefusedWith}");
        }
    }

    /// <summary>The call until the caller has had enough.</summary>
    private async Task Live(CallerPlan plan, NumberFlow flow, int which, PhoneTalk talk, CallRecord record)
    {
        if (!await talk.Stays(plan.Leaves == Leaves.Ringing ? plan.Patience : AnswerMax, world.Clock, talk.Answered) || plan.Leaves == Leaves.Ringing)
        {
            return;
        }
        if (!talk.Answered.IsCompleted)
        {
            world.Tally.Fault($"the call of {number} was not answered within {AnswerMax.TotalSeconds:0} s");
            return;
        }
        record.Enter(Stage.Menu, world.Now);
        if (flow.MenuAt(world.Now) is not { } menu)
        {
            await talk.Stays(plan.Leaves == Leaves.Menu ? plan.Patience : plan.Talk, world.Clock); // perhaps a message is spoken
        }
        else if (await Choose(plan, menu, which, talk, record) && await Wait(plan, talk, record))
        {
            record.Enter(Stage.Talk, world.Now);
            await talk.Stays(plan.Leaves == Leaves.Talk ? plan.Talk : TalkMax, world.Clock, record.Asked);
        }
    }

    /// <summary>In the menu; true when the caller is on the way to the queue.</summary>
    private async Task<bool> Choose(CallerPlan plan, Menu menu, int which, PhoneTalk talk, CallRecord record)
    {
        if (plan.Leaves is Leaves.Menu or Leaves.NeverChooses)
        {
            await talk.Stays(plan.Leaves == Leaves.Menu ? plan.Patience : FlowMax, world.Clock);
            return false;
        }
        if (!await talk.Stays(menu.After + plan.BeforeKey, world.Clock))
        {
            return false;
        }
        var (key, queue) = menu.Queues.OrderBy(q => q.Key).ElementAt(which % menu.Queues.Count);
        if (plan.WrongKey)
        {
            talk.Line.Press(KeyOfNothing, _ => { });
            if (!await talk.Stays(plan.BeforeKey, world.Clock))
            {
                return false;
            }
        }
        talk.Listen();
        var pressed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        talk.Line.Press(key, at =>
        {
            (record.KeyAt, record.Queue) = (at, queue);
            pressed.SetResult();
        });
        if (!await talk.Stays(AnswerMax, world.Clock, pressed.Task))
        {
            return false;
        }
        record.Enter(Stage.Queue, world.Now);
        return true;
    }

    /// <summary>In the queue; true when somebody talks.</summary>
    private async Task<bool> Wait(CallerPlan plan, PhoneTalk talk, CallRecord record)
    {
        if (plan.Leaves == Leaves.CalledBack && await talk.Stays(plan.Patience, world.Clock, talk.VoiceHeard) && !talk.VoiceHeard.IsCompleted)
        {
            await AskToBeCalledBack(talk, record);
        }
        Task[] until = plan.Leaves == Leaves.AgentRinging ? [talk.VoiceHeard, record.FirstOffer] : [talk.VoiceHeard];
        var stays = await talk.Stays(plan.Patience, world.Clock, until);
        return stays && talk.VoiceHeard.IsCompleted;
    }
}
