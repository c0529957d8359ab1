using System.Globalization;
using CallCenter.EndToEnd;
using CallCenter.Media;
using CallCenter.TestKit;
using CallCenter.TestKit.Audio;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.Fleet.Tests;

/// <summary>Live calls, members that are away for a while, and what must be true of every call afterwards.</summary>
internal sealed class Outage : IAsyncDisposable
{
    private const string Meanwhile = "+358404000001";
    private static readonly TimeSpan Talk = TimeSpan.FromSeconds(3), Soon = TimeSpan.FromSeconds(30), Settled = TimeSpan.FromSeconds(90);
    private readonly TestTenant _tenant;
    private readonly LiveCalls _live;
    private readonly FleetControl _fleet;
    private readonly Arrivals? _arrivals;
    private PhoneCall? _meanwhile;
    private string _told = "";

    private Outage(FleetControl fleet, TestTenant tenant, LiveCalls live, Arrivals? arrivals)
    {
        _fleet = fleet;
        _tenant = tenant;
        _live = live;
        _arrivals = arrivals;
    }

    /// <summary>Brings the calls up.</summary>
    /// <param name="arrivalsPerSecond">New callers, who listen to the menu for 2 s and hang up.</param>
    public static async Task<Outage> Begin(RunningCenter center, string name, string number, int talking, int waiting, int arrivalsPerSecond = 0)
    {
        var fleet = new FleetControl(center);
        await fleet.AllWell(Settled);
        var tenant = await TestTenant.Make(center, $"{name}{number[^3..]}", number, agents: talking, concurrentCalls: 1000);
        var live = await LiveCalls.Begin(center, tenant, waiting);
        return new Outage(fleet, tenant, live, arrivalsPerSecond == 0 ? null : Arrivals.Begin(center, tenant.Number, arrivalsPerSecond));
    }

    /// <summary>They are away for that time together; a caller comes meanwhile. Completes when all members are well again.</summary>
    /// <param name="members">"routing": the process that leads.</param>
    /// <param name="how">"killed" or "frozen".</param>
    public async Task Of(IReadOnlyList<string> members, string how, TimeSpan time)
    {
        var names = await Task.WhenAll(members.Select(Named));
        var from = TimeProvider.System.GetTimestamp();
        var outages = Task.WhenAll(names.Select(name => how == "frozen" ? _fleet.Freeze(name, time) : Killed(name, time)));
        _meanwhile = await _live.CallMeanwhile(_tenant.Number, Meanwhile);
        await _live.EveryTalkIsHeard(Soon);
        await outages;
        await _fleet.AllWell(Settled);
        _told = string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(", ", names)} {how} for {time.TotalSeconds:0} s: {_live.Calls.Count} calls went on, all well {(TimeProvider.System.GetElapsedTime(from) - time).TotalSeconds:0.0} s afterwards");
    }

    /// <summary>Nobody was cut off, the waiting are served; then each contact has one end and adds up, each talk is recorded whole.</summary>
    public async Task EveryCallIsWhole()
    {
        _live.NobodyHasLeft();
        await _live.EveryTalkIsHeard(Soon);
        var arrived = _arrivals is null ? 0 : await _arrivals.Stop();
        _live.HangUpTalks();
        await _live.EveryWaiterIsServed(Soon);
        await LiveCalls.GoOn(Talk);
        _live.HangUpWaiters();
        _meanwhile?.HangUp();

        var count = _live.Calls.Count + arrived + (_meanwhile is null ? 0 : 1);
        using var supervisor = await _tenant.SignIn(_tenant.Supervisor);
        var ended = await Eventually.Get(
            $"{count} contacts ended", Settled, () => _tenant.Contacts(supervisor), all => all.Count == count && all.All(c => c.EndedAt is not null));
        foreach (var item in ended)
        {
            var contact = await supervisor.Contact(item.Id);
            contact.ShouldAddUp();
            if (_live.Talking.Contains(item.Caller) || _live.Waiting.Contains(item.Caller))
            {
                contact.Termination.ShouldBe("Completed", contact.Caller);
                await IsRecordedWhole(supervisor, contact);
            }
        }
        _told += _arrivals is null ? "" : $", {_arrivals}";
    }

    public override string ToString() => _told;

    public async ValueTask DisposeAsync()
    {
        if (_arrivals is not null)
        {
            await _arrivals.DisposeAsync();
        }
        await _live.DisposeAsync();
        if (_meanwhile is not null)
        {
            await _meanwhile.DisposeAsync();
        }
        _fleet.Dispose();
    }

    private async Task<string> Named(string member) => member != "routing" ? member
        : (await _fleet.Members()).Single(m => m.Name.StartsWith("routing-", StringComparison.Ordinal) && m.State == "ready").Name;

    /// <summary>kill -9; completes when it has been started again.</summary>
    private async Task Killed(string name, TimeSpan away)
    {
        var before = (await _fleet.Members()).Single(m => m.Name == name).Restarts;
        await _fleet.Kill(name, away);
        await Eventually.Get($"{name} back", away + Soon, _fleet.Members, all => all.Single(m => m.Name == name) is { ProcessId: not null } member && member.Restarts > before);
    }

    /// <summary>As long as the talk, with both voices.</summary>
    private static async Task IsRecordedWhole(Api supervisor, ContactDetail contact)
    {
        var answered = contact.Events.Single(e => e.Type == "AgentAnswered").At;
        var over = contact.Events.First(e => e.Type == "RecordingEnded").At;
        var path = $"/api/recordings/{contact.Recordings.ShouldHaveSingleItem()}/audio";
        var wanted = over - answered - TimeSpan.FromSeconds(1);
        var wav = await Eventually.Get(
            $"the whole recording of {contact.Caller}", Settled, async () => await supervisor.Status(HttpMethod.Get, path) == System.Net.HttpStatusCode.OK ? Wav.Read(new MemoryStream(await supervisor.Bytes(path))) : null,
            w => w is not null && TimeSpan.FromSeconds((double)w.Channel(0).Length / w.Rate) > wanted);
        ToneTime.Share(wav!.Channel(0), 440).ShouldBeGreaterThan(0.8, contact.Caller);
        ToneTime.Share(wav.Channel(1), 1000).ShouldBeGreaterThan(0.8, contact.Caller);
    }
}
