using CallCenter.Simulator.Audio;
using CallCenter.Simulator.People;
using CallCenter.Simulator.Wire;

namespace CallCenter.Benchmarks.Call;

/// <summary>How one call went: whether it got through, and from the key to the agent's voice.</summary>
internal sealed record CallResult(bool Through, double KeyToVoiceMs, string Fault = "");

/// <summary>Callers who call, press a key, talk when somebody answers and hang up.</summary>
internal sealed class BenchCaller(Switchboard board, Voice voice, TimeProvider clock)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10), WaitMax = TimeSpan.FromSeconds(20);
    private int _calls;

    /// <summary>A whole call: menu, key, queue, agent, talk, hang-up.</summary>
    public async Task<CallResult> Talk(char key, TimeSpan talkTime, TimeSpan? waitMax = null)
    {
        using var call = await Dial(key);
        if (call.Fault.Length > 0)
        {
            return new CallResult(false, 0, call.Fault);
        }
        var since = clock.GetTimestamp();
        await call.Talk.Stays(waitMax ?? WaitMax, clock, call.Talk.VoiceHeard);
        if (!call.Talk.VoiceHeard.IsCompleted)
        {
            return new CallResult(false, 0, "no agent's voice");
        }
        var waited = clock.GetElapsedTime(since).TotalMilliseconds;
        return await call.Talk.Stays(talkTime, clock) ? new CallResult(true, waited) : new CallResult(false, waited, "cut in the talk");
    }

    /// <summary>Calls and presses the key, then waits as long as it is told to; the agent's voice, if any, is not awaited.</summary>
    public async Task<CallResult> Stay(char key, Task until)
    {
        using var call = await Dial(key);
        if (call.Fault.Length > 0)
        {
            return new CallResult(false, 0, call.Fault);
        }
        await Task.WhenAny(until, call.Talk.Ended);
        return new CallResult(!call.Talk.IsOver, 0, call.Talk.IsOver ? "cut while waiting" : "");
    }

    private async Task<Dialled> Dial(char key)
    {
        var number = Interlocked.Increment(ref _calls);
        var talk = new PhoneTalk(new RtpLine(voice, Voice.AgentPilot, (uint)number, clock));
        board.Pump.Add(talk.Line);
        var call = board.Call(BenchCentre.Number, $"+35845{number:0000000}", talk.Line.Sdp(board.Address), talk.On);
        var dialled = new Dialled(talk, call.Bye);
        if (!await talk.Stays(AnswerMax, clock, talk.Answered) || !talk.Answered.IsCompleted)
        {
            return dialled with { Fault = talk.IsOver ? $"refused with {(await talk.Ended).Code}" : "not answered" };
        }
        // The prompt is heard: the menu listens.
        if (!await talk.Stays(AnswerMax, clock, talk.Line.FirstHeard) || !talk.Line.FirstHeard.IsCompleted)
        {
            return dialled with { Fault = "no prompt" };
        }
        var pressed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        talk.Listen();
        talk.Line.Press(key, _ => pressed.TrySetResult());
        return await talk.Stays(AnswerMax, clock, pressed.Task) ? dialled : dialled with { Fault = "cut in the menu" };
    }

    private sealed record Dialled(PhoneTalk Talk, Action HangUp) : IDisposable
    {
        public string Fault { get; init; } = "";

        public void Dispose()
        {
            HangUp();
            Talk.Dispose();
        }
    }
}
