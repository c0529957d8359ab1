using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Telephony.Spool;
using CallCenter.TestKit;

namespace CallCenter.Telephony.Tests.Spool;

public sealed class EventSpoolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeClock clock = new();
    private readonly Guid tenant = Guid.NewGuid();

    public void Dispose() => folder.Dispose();

    private EventSpool Open(bool recover = false)
    {
        var spool = new EventSpool(folder.Path, "telephony/test", clock);
        if (recover)
        {
            spool.Recover((_, _) => { });
        }
        return spool;
    }

    private ContactEvent Of(Guid contact, ContactEvent e, Guid? leg = null) =>
        e with { Tenant = tenant, Stream = contact, Leg = leg, OccurredAt = clock.Now() };

    private static CallArrived Arrived() => new("g", "+1", "+2", "t", Guid.NewGuid(), 0);

    private static List<Outgoing> Drain(EventSpool spool)
    {
        var all = new List<Outgoing>();
        while (spool.Waiting.TryRead(out var next))
        {
            all.Add(next);
        }
        return all;
    }

    [Fact]
    public void Events_of_a_stream_are_numbered_densely_and_handed_out_in_order()
    {
        using var spool = Open();
        Guid a = Guid.NewGuid(), b = Guid.NewGuid();
        spool.Store(Of(a, Arrived(), Guid.NewGuid())).Sequence.ShouldBe(1);
        spool.Store(Of(b, Arrived(), Guid.NewGuid())).Sequence.ShouldBe(1);
        var second = spool.Store(Of(a, new CallAnswered("PCMA")));
        second.Sequence.ShouldBe(2);
        second.Source.ShouldBe("telephony/test");
        second.EventId.ShouldNotBe(Guid.Empty);
        Drain(spool).Select(o => o.Event.Sequence).ShouldBe([1, 1, 2]);
    }

    [Fact]
    public void A_killed_gateway_s_contacts_are_ended_once_at_its_last_sign_of_life()
    {
        Guid contact = Guid.NewGuid(), caller = Guid.NewGuid(), leg = Guid.NewGuid(), agent = Guid.NewGuid(), recording = Guid.NewGuid(), done = Guid.NewGuid();
        var spool = Open();
        spool.Store(Of(contact, Arrived(), caller));
        spool.Store(Of(done, Arrived(), Guid.NewGuid()));
        spool.Store(Of(contact, new LegOffered(agent), leg));
        spool.Store(Of(contact, new RecordingStarted(recording, agent), leg));
        spool.Store(Of(done, new CallClosed { Final = true }));
        var lastSign = clock.Now().AddSeconds(3);

        for (var start = 0; start < 2; start++)
        {
            var again = Open(recover: true);
            foreach (var open in again.Open())
            {
                foreach (var e in Endings.Of(open, lastSign, _ => new(7, 3500)))
                {
                    again.Store(e);
                }
            }
            var told = Drain(again).Select(o => o.Event).Where(e => e.Stream == contact).ToList();
            told.Select(e => e.GetType().Name).ShouldBe(
                ["CallArrived", "LegOffered", "RecordingStarted", "LegEnded", "LegEnded", "RecordingEnded", "CallClosed"], $"start {start}");
            told.Select(e => e.Sequence).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
            told.Skip(3).ShouldAllBe(e => e.OccurredAt == lastSign);
            told.OfType<LegEnded>().Select(e => (e.Role, e.Agent, e.End)).ShouldBe([(LegRole.Caller, null, LegEnd.GatewayDied), (LegRole.Agent, agent, LegEnd.GatewayDied)]);
            told.OfType<RecordingEnded>().ShouldHaveSingleItem().Blocks.ShouldBe(7);
            told.Count(e => e.Final).ShouldBe(1);
        }
    }

    [Fact]
    public void A_contact_stays_open_when_its_delivered_events_are_gone_from_disk()
    {
        Guid contact = Guid.NewGuid(), caller = Guid.NewGuid();
        var spool = Open();
        spool.Store(Of(contact, Arrived(), caller));
        while (Directory.GetFiles(folder.Path).Length < 2)
        {
            spool.Store(Of(Guid.NewGuid(), new CallClosed { Final = true }) with { TraceParent = new string('x', 500_000) });
        }
        Drain(spool).ForEach(spool.Delivered);
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);

        var again = Open(recover: true);
        var open = again.Open().ShouldHaveSingleItem();
        open.Contact.ShouldBe(contact);
        open.Legs.ShouldHaveSingleItem().Leg.ShouldBe(caller);
        again.Store(Of(contact, new CallClosed { Final = true })).Sequence.ShouldBe(2);
    }

    [Fact]
    public void Events_can_be_asked_for_until_ten_minutes_after_the_final_one()
    {
        using var spool = Open();
        var contact = Guid.NewGuid();
        spool.Store(Of(contact, Arrived(), Guid.NewGuid()));
        spool.Store(Of(contact, new CallAnswered("PCMU")));
        clock.Advance(TimeSpan.FromHours(1));
        spool.Flush();
        spool.Told(contact, 2, 9).ShouldHaveSingleItem().ShouldBeOfType<CallAnswered>();
        spool.Store(Of(contact, new CallClosed { Final = true }));
        clock.Advance(TimeSpan.FromMinutes(9));
        spool.Flush();
        spool.Told(contact, 1, 9).Count.ShouldBe(3);
        clock.Advance(TimeSpan.FromMinutes(2));
        spool.Flush();
        spool.Told(contact, 1, 9).ShouldBeEmpty();
    }

    [Fact]
    public void Agents_events_go_after_ten_minutes_and_keep_their_numbers()
    {
        using var spool = Open();
        var agent = Guid.NewGuid();
        DomainEvent Device() => new DeviceReachable("g", clock.Now()) { Tenant = tenant, Stream = agent, OccurredAt = clock.Now() };
        spool.Store(Device());
        clock.Advance(TimeSpan.FromMinutes(11));
        spool.Flush();
        spool.Told(agent, 1, 9).ShouldBeEmpty();
        spool.Store(Device()).Sequence.ShouldBe(2);
    }

    [Fact]
    public void The_last_sign_never_puts_an_end_before_the_contact_s_last_event()
    {
        var last = clock.Now();
        var contact = new OpenContact(tenant, Guid.NewGuid(), 4, last, null, [new(Guid.NewGuid(), LegRole.Caller, null)], []);
        Endings.Of(contact, last.AddSeconds(-1), _ => default).ShouldAllBe(e => e.OccurredAt == last);
        Endings.Of(contact, null, _ => default).ShouldAllBe(e => e.OccurredAt == last);
    }

    [Fact]
    public void An_incarnation_signs_and_is_found_by_the_next()
    {
        var data = new DataFolder(folder.Path);
        using (var run = Incarnation.Begin(data, Incarnation.NewName()))
        {
            run.Sign(clock.Now());
            run.Name.Length.ShouldBe(12);
            Should.Throw<IOException>(() => Incarnation.Begin(data, "other")).Message.ShouldContain("in use by another process");
        }
        var earlier = Incarnation.Earlier(folder.File("telephony/incarnations"), "other").ShouldHaveSingleItem();
        Incarnation.LastSign(earlier).ShouldBe(clock.Now());
        Incarnation.LastSign(folder.Path).ShouldBeNull();
    }
}
