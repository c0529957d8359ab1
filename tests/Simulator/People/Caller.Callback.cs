using CallCenter.Simulator.Audio;
using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;
using CallCenter.Simulator.Wire;
using CallCenter.Sip.Calls;

namespace CallCenter.Simulator.People;

/// <summary>A caller who does not wait on the line: asks by key, and has a phone that is called.</summary>
internal sealed partial class Caller
{
    private static readonly TimeSpan CallbackMax = TimeSpan.FromMinutes(4), BetweenKeys = TimeSpan.FromSeconds(2);
    private const char KeyOfCallback = '1';
    private const int KeysMax = 20;

    private TaskCompletionSource<(UasCall Call, PhoneTalk Talk)> _dialled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Presses the key that chooses and confirms, as long as neither the good-bye nor an agent comes.</summary>
    private async Task AskToBeCalledBack(PhoneTalk talk, CallRecord record)
    {
        _dialled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Switchboard.Has(number, OnDialled);
        for (var keys = 0; keys < KeysMax && !talk.VoiceHeard.IsCompleted; keys++)
        {
            talk.Line.Press(KeyOfCallback, keys == 1 ? at => record.AskedBackFrom = at : _ => { });
            if (!await talk.Stays(BetweenKeys, world.Clock, talk.VoiceHeard))
            {
                return;
            }
        }
    }

    /// <summary>The system calls until it has reached this customer.</summary>
    private async Task IsCalledBack(CallerPlan plan, CallRecord asked, CancellationToken ct)
    {
        for (var (before, first) = (asked, true); ; first = false)
        {
            var record = new CallRecord(number, asked.Number, asked.Tenant, new CallWire()) { After = before, Queue = asked.Queue };
            record.Enter(Stage.Queue, world.Now);
            world.Tally.Began(record);
            if (!await world.Comes(_dialled.Task, CallbackMax))
            {
                world.Tally.Fault($"{number} was not called back within {CallbackMax.TotalSeconds:0} s");
                return;
            }
            var (call, talk) = await _dialled.Task;
            _dialled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (talk)
            {
                await OneTry(first ? plan.FirstTry : FirstTry.Answers, plan, record, call, talk);
                record.Wire = world.Switchboard.Wire.Of(call.CallId);
                Close(talk, record, call.CallId);
            }
            ct.ThrowIfCancellationRequested();
            if (record.Wire.AnsweredAt is not null)
            {
                return;
            }
            before = record;
        }
    }

    private async Task OneTry(FirstTry what, CallerPlan plan, CallRecord record, UasCall call, PhoneTalk talk)
    {
        record.Wire = world.Switchboard.Wire.Of(call.CallId);
        if (call.Request.FromUser != record.Number)
        {
            world.Tally.Fault($"{number} was called back from {call.Request.FromUser}, not from {record.Number}");
        }
        await talk.Stays(what == FirstTry.IsAway ? CallbackMax : CallerPlan.Between(random, 0.2, 3), world.Clock);
        if (what == FirstTry.IsBusy)
        {
            call.Reject(486);
        }
        if (what == FirstTry.Answers && !talk.IsOver)
        {
            talk.Listen();
            world.Switchboard.Pump.Add(talk.Line);
            call.Answer(talk.Line.Sdp(world.Switchboard.Address));
            talk.Line.Connect(call.Offer ?? throw new InvalidOperationException($"{number} was called back without a session description"));
            if (await talk.Stays(AnswerMax, world.Clock, talk.VoiceHeard))
            {
                record.Enter(Stage.Talk, world.Now);
                await talk.Stays(plan.Talk, world.Clock, record.Asked);
            }
            await Leave(talk, record);
            call.Bye();
        }
        await talk.Stays(AnswerMax, world.Clock);
        if (!await world.Comes(record.Wire.Over, AnswerMax))
        {
            world.Tally.Fault($"the call back to {number} did not end within {AnswerMax.TotalSeconds:0} s");
        }
    }

    private void OnDialled(UasCall call)
    {
        var talk = new PhoneTalk(new RtpLine(_voice, Voice.AgentPilot, (uint)random.Next(), world.Clock));
        call.OnEvent = talk.On;
        call.Ringing();
        if (!_dialled.TrySetResult((call, talk)))
        {
            world.Tally.Fault($"{number} was called back twice at a time");
            call.Reject(486);
        }
    }
}
