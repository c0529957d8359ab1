using System.Text;
using CallCenter.Crm.Customers;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests.Customers;

/// <summary>The list against a model of it in memory.</summary>
[Trait("needs", "server")]
public sealed class CustomerSearchTests(CrmHost crm) : IClassFixture<CrmHost>
{
    private static readonly string[] Given = ["Aino", "Øyvind", "Анна", "anna", "ÅSA", "Jean_Luc", "100%", @"Back\slash", "O'Hara", "", "", "王", "😀 Smile", "Élodie", "E\u0301lodie"];
    private static readonly string[] Family = ["Virta", "Sørensen", "Иванова", "Nyström", "Koski-Salo", "de la Cruz", "van Dijk"];

    [Fact]
    public async Task Every_search_gives_what_the_model_gives_page_by_page()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var tenants = new[] { crm.NewTenant(), crm.NewTenant() };
        using var agent = crm.Host.As(Role.Agent, null, tenants);
        var all = await Fill(agent, tenants, random);
        for (var n = 0; n < 40; n++)
        {
            var q = Query(all, random);
            var tenant = random.Next(3) is var t && t < 2 ? tenants[t] : (Guid?)null;
            var found = await Pages(agent, q, tenant, random.Next(1, 30));
            found.ShouldBe(Model(all, q, tenant).Select(c => c.Id), $"q '{q}' of {(tenant is null ? "both" : "one")}");
        }
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_miss_a_customer_while_others_come_and_change()
    {
        var random = new Random(7);
        var tenant = crm.NewTenant();
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        var all = await Fill(agent, [tenant], random);
        var (seen, cursor) = (new List<Guid>(), "");
        do
        {
            var page = await CrmHost.Get(agent, $"/api/customers?limit=7&cursor={cursor}");
            var ids = page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()).ToList();
            seen.AddRange(ids);
            cursor = page.GetProperty("next").GetString();
            await crm.Call(tenant, $"+35850{random.Next(1_000_000, 9_999_999)}");
            await Rename(agent, ids[^1], "Aaron");
        }
        while (cursor is not null);

        seen.Distinct().Count().ShouldBe(seen.Count);
        all.Select(c => c.Id).Except(seen).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("q=%00")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=x")]
    [InlineData("cursor=x")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAAA_w")]
    [InlineData("tenant=x")]
    [InlineData("format=xml")]
    public async Task Mistake_in_the_query_is_told(string query)
    {
        using var agent = crm.Host.As(Role.Agent, null, crm.NewTenant());
        await CrmHost.Refusal(agent, $"/api/customers?{query}", System.Net.HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Longest_name_and_numbers_fit_into_a_cursor()
    {
        var tenant = crm.NewTenant();
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        foreach (var n in (int[])[1, 2])
        {
            await CrmHost.Put(agent, $"/api/customers/{Guid.CreateVersion7()}", new
            {
                tenant, name = new string('王', 200), notes = new string('x', 4000), numbers = Enumerable.Range(0, 20).Select(i => $"+35840000000{n}{i:00}"), version = 0,
            });
        }

        (await Pages(agent, "王", null, 1)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task List_tells_the_documented_form()
    {
        var tenant = crm.NewTenant();
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        await crm.Call(tenant, "+358401112233");
        var item = (await CrmHost.Get(agent, "/api/customers?q=040 111 2233")).GetProperty("items")[0];
        item.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "tenant", "name", "numbers", "notes", "updatedAt"]);
        item.GetProperty("numbers")[0].GetString().ShouldBe("+358401112233");
    }

    private static async Task<List<CustomerItem>> Fill(HttpClient agent, Guid[] tenants, Random random)
    {
        var made = new List<CustomerItem>();
        for (var n = 0; n < 60; n++)
        {
            var (tenant, first) = (tenants[random.Next(tenants.Length)], Given[random.Next(Given.Length)]);
            var name = first.Length == 0 ? "" : $"{first} {Family[random.Next(Family.Length)]}";
            var numbers = Enumerable.Range(0, random.Next(3)).Select(i => $"+35840{n:000}{i}{random.Next(1000):000}").ToArray();
            var id = Guid.CreateVersion7();
            await CrmHost.Put(agent, $"/api/customers/{id}", new { tenant, name, notes = "", numbers, version = 0 });
            made.Add(new(id, tenant, name, numbers, "", default));
        }

        return made;
    }

    private static async Task Rename(HttpClient agent, Guid id, string name)
    {
        var card = await CrmHost.Get(agent, $"/api/customers/{id}");
        await CrmHost.Put(agent, $"/api/customers/{id}", new { name, notes = "", numbers = card.GetProperty("numbers"), version = card.GetProperty("version").GetInt32() });
    }

    /// <summary>A part of something that is there, or something that may not be.</summary>
    private static string Query(List<CustomerItem> all, Random random)
    {
        var customer = all[random.Next(all.Count)];
        var text = random.Next(5) switch { 0 => "", 1 => "%", 2 => "zzz", 3 => customer.Name, _ => customer.Numbers is [var number, ..] ? number : "_" };
        var runes = text.EnumerateRunes().ToArray();
        var from = random.Next(runes.Length + 1);
        var part = string.Concat(runes[from..random.Next(from, runes.Length + 1)].Select(r => r.ToString()));
        return random.Next(2) == 0 ? part.ToUpperInvariant() : part;
    }

    private static IEnumerable<CustomerItem> Model(List<CustomerItem> all, string q, Guid? tenant)
    {
        var (small, digits) = (CustomerRow.Small(q.Trim()), string.Concat(q.Where(char.IsAsciiDigit)).TrimStart('0'));
        var isNumber = digits.Length > 0 && q.All(c => char.IsAsciiDigit(c) || c is '+' or ' ');
        return all.Where(c => tenant is null || c.Tenant == tenant)
            .Where(c => small.Length == 0 || CustomerRow.Small(c.Name).Contains(small, StringComparison.Ordinal)
                || c.Numbers.Any(n => n.Contains(small, StringComparison.Ordinal) || (isNumber && n.Contains(digits, StringComparison.Ordinal))))
            .OrderBy(c => c.Name.Length == 0).ThenBy(c => Convert.ToHexString(Encoding.UTF8.GetBytes(CustomerRow.Small(c.Name) + "\n" + string.Join('\n', c.Numbers)))).ThenBy(c => c.Id);
    }

    private static async Task<List<Guid>> Pages(HttpClient agent, string q, Guid? tenant, int limit)
    {
        var (seen, cursor) = (new List<Guid>(), "");
        do
        {
            var page = await CrmHost.Get(agent, $"/api/customers?q={Uri.EscapeDataString(q)}&limit={limit}&cursor={cursor}" + (tenant is null ? "" : $"&tenant={tenant}"));
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(limit);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return seen;
    }
}
