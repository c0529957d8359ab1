using System.Collections.Concurrent;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd.HangUps;

/// <summary>Plays scripts against a running system: as many callers at a time as agents, agents who do to each offer what its script says.</summary>
/// <param name="say">Told what is played, as it happens.</param>
internal sealed class HangUpRun(RunningCenter center, TestTenant tenant, IReadOnlyList<HangUpScript> scripts, Action<string> say)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15), Patience = TimeSpan.FromSeconds(60), SoonInQueue = TimeSpan.FromSeconds(1), LateInQueue = TimeSpan.FromSeconds(4.5), LooksUp = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, HangUpScript> _byCaller = scripts.ToDictionary(s => s.Caller);
    private readonly ConcurrentBag<string> _faults = [];

    /// <summary>What went otherwise than played, other than in the history.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Plays all of it; at the end every agent is Available and at rest.</summary>
    public async Task Play()
    {
        using var over = new CancellationTokenSource();
        var agents = new List<AgentAtWork>();
        foreach (var agent in tenant.Agents)
        {
            agents.Add(await AgentAtWork.Begin(center, agent, whenRinging: WhenRinging.Ring));
        }
        var work = agents.Select(a => Work(a, over.Token)).ToList();
        await using (var callers = new TestCaller(center.Sip))
        {
            await Parallel.ForEachAsync(scripts, new ParallelOptions { MaxDegreeOfParallelism = tenant.Agents.Count }, async (s, _) => await Caller(callers, s));
        }
        foreach (var agent in agents)
        {
            await Guarded($"agent {agent.User} at the end", () => agent.Is("Available", "Idle", Soon));
        }
        await over.CancelAsync();
        await Task.WhenAll(work);
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }
    }

    private async ValueTask Caller(TestCaller callers, HangUpScript script) => await Guarded($"caller {script.Caller} ({script.Leaves})", async () =>
    {
        await using var call = callers.Call(tenant.Number, script.Caller);
        await call.WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon);
        if (script.Leaves != CallerLeaves.InMenu)
        {
            call.Audio.Press(script.Key);
        }
        switch (script.Leaves)
        {
            case CallerLeaves.InMenu:
                await Wait(script.Talk / 2);
                break;
            case CallerLeaves.InQueueSoon:
                await Wait(SoonInQueue);
                break;
            case CallerLeaves.InQueueLate:
                await Wait(LateInQueue);
                break;
            case CallerLeaves.WhileRinging:
                await script.Rings.Task.WaitAsync(Patience);
                break;
            case CallerLeaves.InTalk:
                await call.Audio.Hears(1000, Patience);
                await AfterVanishing(script, call);
                await Wait(script.Talk);
                break;
            case CallerLeaves.Never:
                await call.WhenEnded(Patience);
                return;
        }
        call.HangUp();
        await call.WhenEnded(Soon);
    });

    // The first agent's phone dies in the talk: the caller hears the tone end and that of a second agent begin.
    private static async Task AfterVanishing(HangUpScript script, PhoneCall call)
    {
        if (script.Acts[0] == AgentAct.VanishTalking)
        {
            await script.KeptAnswer.Task.WaitAsync(Patience);
            await call.Audio.Hears(1000, Soon);
        }
    }

    private async Task Work(AgentAtWork agent, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            if (await Rings(agent) is { } call)
            {
                await Guarded($"agent {agent.User}", () => Act(agent, call));
            }
            else
            {
                await Guarded($"agent {agent.User} back at work", () => BackAtWork(agent));
            }
        }
    }

    private static async Task<PhoneCall?> Rings(AgentAtWork agent)
    {
        try
        {
            return await agent.Phone.NextCall(LooksUp);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // Logged out by the script, or sent to a break by the no-answer rule.
    private static async Task BackAtWork(AgentAtWork agent)
    {
        if ((await agent.View()).Status != "Available")
        {
            await agent.SetStatus("Available");
        }
    }

    private async Task Act(AgentAtWork agent, PhoneCall call)
    {
        var caller = call.Incoming!.Request.FromUser;
        if (!_byCaller.TryGetValue(caller, out var script))
        {
            throw new InvalidOperationException($"rang for '{caller}', whom no script knows");
        }
        script.Rings.TrySetResult();
        var act = script.NextAct();
        say($"agent {agent.User}: {act} for {caller}");
        switch (act)
        {
            case AgentAct.NoAnswer:
                await call.WhenEnded(Soon);
                break;
            case AgentAct.Reject:
                call.Reject(486);
                break;
            case AgentAct.LogOut:
                await agent.SetStatus("LoggedOut");
                await call.WhenEnded(Soon);
                break;
            case AgentAct.VanishRinging:
                await agent.Phone.Vanish();
                await call.DisposeAsync();
                await Eventually.Get("the offer over", Soon, agent.View, a => a.State != "Ringing" && a.State != "Reserved");
                await agent.NewPhone();
                break;
            case AgentAct.VanishTalking:
                call.Accept();
                await call.WhenAnswered(Soon);
                await Wait(script.Talk);
                await agent.Phone.Vanish();
                await call.DisposeAsync();
                await Eventually.Get("the talk over", Soon, agent.View, a => a.State != "Talking");
                await agent.NewPhone();
                break;
            case AgentAct.Answer:
                call.Accept();
                await call.WhenAnswered(Soon);
                script.KeptAnswer.TrySetResult();
                await Talk(script, call);
                break;
        }
    }

    private static async Task Talk(HangUpScript script, PhoneCall call)
    {
        if (script.Leaves == CallerLeaves.Never)
        {
            await call.Audio.Hears(440, Soon);
            await Wait(script.Talk);
            call.HangUp();
        }
        await call.WhenEnded(Soon);
        await call.DisposeAsync();
    }

    private async Task Guarded(string who, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or HttpRequestException)
        {
            _faults.Add($"{who}: {e.Message}");
            say($"{who}: {e.Message}");
        }
    }

    /// <summary>A person's time, not a wait for the system.</summary>
    private static Task Wait(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
