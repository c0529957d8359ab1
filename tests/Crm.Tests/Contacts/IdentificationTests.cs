using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests.Contacts;

[Trait("needs", "server")]
public sealed class IdentificationTests(CrmHost crm) : IClassFixture<CrmHost>
{
    private const string Number = "+358401112233";

    [Fact]
    public async Task First_call_of_a_number_makes_a_customer_and_the_next_finds_it()
    {
        var tenant = crm.NewTenant();
        var first = await crm.Call(tenant, Number);
        var second = await crm.Call(tenant, "040 111 2233");

        var made = (await crm.Told.Of(first)).ShouldHaveSingleItem();
        (made.Name, made.Number, made.IsNew, made.Final, made.Source, made.Sequence).ShouldBe(("", Number, true, true, "crm", 1));
        var found = (await crm.Told.Of(second)).ShouldHaveSingleItem();
        (found.Customer, found.IsNew, found.Number).ShouldBe((made.Customer, false, Number));
    }

    [Fact]
    public async Task Event_names_the_call_as_its_cause()
    {
        var tenant = crm.NewTenant();
        var contact = Guid.CreateVersion7();
        var arrived = await crm.Host.Tell(new CallArrived("gateway", Number, "+358800100200", "trunk", Guid.CreateVersion7(), 0) { Tenant = tenant, Stream = contact });
        (await crm.Told.Of(contact)).ShouldHaveSingleItem().Causation.ShouldBe(arrived.EventId);
    }

    [Fact]
    public async Task Number_is_another_customer_in_another_tenant()
    {
        var first = await crm.Told.Of(await crm.Call(crm.NewTenant(), Number));
        var second = await crm.Told.Of(await crm.Call(crm.NewTenant(), Number));
        (second[0].Customer == first[0].Customer, second[0].IsNew).ShouldBe((false, true));
    }

    [Fact]
    public async Task National_number_belongs_to_the_country_of_the_number_called()
    {
        var tenant = crm.NewTenant();
        (await crm.Told.Of(await crm.Call(tenant, "12345678", "+4570123456")))[0].Number.ShouldBe("+4512345678");
        (await crm.Told.Of(await crm.Call(tenant, "89161234567", "+74951234567")))[0].Number.ShouldBe("+79161234567");
    }

    [Theory]
    [InlineData("anonymous")]
    [InlineData("101")]
    public async Task Caller_without_a_number_is_nobodys_contact(string caller)
    {
        var tenant = crm.NewTenant();
        var contact = await crm.Call(tenant, caller);
        await crm.Told.Of(await crm.Call(tenant, Number));

        crm.Told.SaidNothingOf(contact).ShouldBeTrue();
        using var supervisor = crm.Host.As(Role.Supervisor);
        (await CrmHost.Refusal(supervisor, $"/api/customers/of-contact/{contact}", HttpStatusCode.NotFound)).ShouldContain("customer");
    }

    [Fact]
    public async Task Refused_call_is_a_contact_of_a_customer_who_is_known_and_makes_none()
    {
        var tenant = crm.NewTenant();
        await crm.Call(tenant, Number);
        var (known, unknown) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await crm.Host.Tell(new CallRejected("limit", 503, Number, "+358800100200") { Tenant = tenant, Stream = known });
        await crm.Host.Tell(new CallRejected("limit", 503, "+358409998877", "+358800100200") { Tenant = tenant, Stream = unknown });

        using var supervisor = crm.Host.As(Role.Supervisor);
        (await CrmHost.Get(supervisor, $"/api/customers/of-contact/{known}")).GetProperty("contacts").GetArrayLength().ShouldBe(2);
        await CrmHost.Refusal(supervisor, $"/api/customers/of-contact/{unknown}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Many_calls_of_few_numbers_at_once_make_one_customer_a_number()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var tenant = crm.NewTenant();
        var numbers = Enumerable.Range(0, 12).Select(n => $"+35840555{n:0000}").ToArray();
        var calls = Enumerable.Range(0, 240).Select(_ => (Contact: Guid.CreateVersion7(), Number: numbers[random.Next(numbers.Length)])).ToList();

        await Task.WhenAll(calls.Select(c => crm.Call(tenant, c.Number, contact: c.Contact)));

        var told = await Task.WhenAll(calls.Select(async c => (await crm.Told.Of(c.Contact)).ShouldHaveSingleItem()));
        foreach (var number in told.GroupBy(t => t.Number))
        {
            number.Select(t => t.Customer).Distinct().Count().ShouldBe(1, number.Key);
            number.Count(t => t.IsNew).ShouldBe(1, number.Key);
        }

        told.Select(t => t.Customer).Distinct().Count().ShouldBe(told.Select(t => t.Number).Distinct().Count());
    }
}
