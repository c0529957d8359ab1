using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests;

public class QueueWaysTests
{
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly QueueRecord sales = Queue("Sales");
    private readonly QueueRecord support = Queue("Support");
    private readonly QueueRecord night = Queue("Night");

    [Fact]
    public void Ways_that_end_are_right()
    {
        var first = sales with { MaxWait = new(1_000, support.Id), MaxLength = new(5, night.Id) };
        Errors(first, support with { NoAgent = new(night.Id) }, night with { MaxWait = new(1_000) }).ShouldBeEmpty();
    }

    [Fact]
    public void A_circle_is_told_with_its_queues()
    {
        var first = sales with { MaxWait = new(1_000, support.Id) };
        Errors(first, support with { MaxLength = new(0, night.Id) }, night with { NoAgent = new(sales.Id) })
            .ShouldHaveSingleItem().ShouldContain("Sales -> Support -> Night -> Sales");
        Errors(sales with { MaxLength = new(3, sales.Id) }).ShouldHaveSingleItem().ShouldContain("Sales -> Sales");
    }

    [Fact]
    public void A_circle_that_two_changes_of_one_request_make_is_found()
    {
        var changes = new[] { sales with { MaxWait = new(1, support.Id) }, support with { MaxWait = new(1, sales.Id) } };
        QueueWays.Errors(changes, [sales, support]).Count().ShouldBe(2);
    }

    [Fact]
    public void A_queue_that_is_not_there_or_another_tenants_is_told()
    {
        var other = Queue("Other") with { Tenant = Guid.NewGuid() };
        var errors = Errors(sales with { MaxWait = new(1_000, Guid.NewGuid()), NoAgent = new(other.Id) }, other);
        errors.Count.ShouldBe(2);
        errors[0].ShouldStartWith("maxWait.queue");
        errors[1].ShouldStartWith("noAgent.queue");
    }

    private static List<string> Errors(QueueRecord saved, params QueueRecord[] others) => [.. QueueWays.Errors([saved], [saved with { MaxWait = null, MaxLength = null, NoAgent = null }, .. others])];

    private static QueueRecord Queue(string name) => new() { Id = Guid.NewGuid(), Tenant = Tenant, Name = name };
}
