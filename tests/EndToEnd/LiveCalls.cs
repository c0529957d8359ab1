using CallCenter.Sip.Calls;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A busy moment: so many callers talk with agents, so many wait in the queue.</summary>
internal sealed class LiveCalls : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly TestCaller _callers;
    private readonly List<TestPhone> _phones = [];

    private LiveCalls(RunningCenter center) => _callers = new TestCaller(center.Sip);

    /// <summary>Numbers of those who talk.</summary>
    public List<string> Talking { get; } = [];

    /// <summary>Numbers of those who wait.</summary>
    public List<string> Waiting { get; } = [];

    public List<PhoneCall> Calls { get; } = [];

    /// <summary>Brings the calls up: one agent of the tenant for each who talks, and nobody for those who wait.</summary>
    public static async Task<LiveCalls> Begin(RunningCenter center, TestTenant tenant, int waiting)
    {
        var live = new LiveCalls(center);
        foreach (var agent in tenant.Agents)
        {
            var atWork = await AgentAtWork.Begin(center, agent);
            live._phones.Add(atWork.Phone);
            atWork.Api.Dispose();
        }
        live.Talking.AddRange(tenant.Agents.Select((_, i) => $"+358402{i:00000}"));
        live.Waiting.AddRange(Enumerable.Range(0, waiting).Select(i => $"+358403{i:00000}"));
        foreach (var caller in live.Talking)
        {
            live.Calls.Add(await live.Call(tenant.Number, caller));
        }
        foreach (var call in live.Calls)
        {
            await call.Audio.Hears(1000, Soon);
        }
        foreach (var caller in live.Waiting)
        {
            live.Calls.Add(await live.Call(tenant.Number, caller));
        }
        await live.AllQueued(tenant);
        return live;
    }

    /// <summary>The talks go on for a while: people's time, not a wait for the system.</summary>
    public static Task GoOn(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    /// <summary>One more caller, while something is away: its call is answered all the same.</summary>
    public Task<PhoneCall> CallMeanwhile(string number, string from) => _callers.Call(number, from).WhenAnswered(Soon);

    /// <summary>Waits until each who talks hears the agent now.</summary>
    public Task EveryTalkIsHeard(TimeSpan within) => Task.WhenAll(Calls.Take(Talking.Count).Select(call => call.Audio.Hears(1000, within)));

    /// <summary>The same but for those callers, whose calls have ended.</summary>
    public Task EveryTalkIsHeardBut(IEnumerable<string> callers, TimeSpan within) =>
        Task.WhenAll(Talking.Zip(Calls).Where(talk => !callers.Contains(talk.First)).Select(talk => talk.Second.Audio.Hears(1000, within)));

    /// <summary>Waits until each who waited hears an agent.</summary>
    public Task EveryWaiterIsServed(TimeSpan within) => Task.WhenAll(Calls.Skip(Talking.Count).Select(call => call.Audio.Hears(1000, within)));

    public void NobodyHasLeft() => Calls.Count(call => call.Ended.IsCompleted).ShouldBe(0, "calls that ended");

    public void HangUpTalks() => Calls.Take(Talking.Count).ToList().ForEach(call => call.HangUp());

    public void HangUpWaiters() => Calls.Skip(Talking.Count).ToList().ForEach(call => call.HangUp());

    /// <summary>Waits until every caller's call is over.</summary>
    public async Task<IReadOnlyList<CallEnded>> AllEnded(TimeSpan within) => await Task.WhenAll(Calls.Select(c => c.Ended)).WaitAsync(within);

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        foreach (var phone in _phones)
        {
            await phone.DisposeAsync();
        }
        foreach (var call in Calls)
        {
            await call.Audio.DisposeAsync();
        }
    }

    private async Task<PhoneCall> Call(string number, string from)
    {
        var call = await _callers.Call(number, from).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon);
        call.Audio.Press('1');
        return call;
    }

    // A live contact's events are in the history as they happen.
    private async Task AllQueued(TestTenant tenant)
    {
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        foreach (var caller in Waiting)
        {
            await Eventually.Get($"{caller} queued", Soon, () => tenant.Contacts(supervisor), all => all.Any(c => c.Caller == caller && c.Queue is not null));
        }
    }
}
