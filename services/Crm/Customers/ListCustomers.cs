using System.Runtime.CompilerServices;
using CallCenter.Hosting;
using Microsoft.AspNetCore.Mvc;

namespace CallCenter.Crm.Customers;

/// <summary>The query of a list as it came in.</summary>
/// <param name="Tenant">Customers of this tenant only; default all that the caller may see.</param>
/// <param name="Q">Part of a name or a number.</param>
/// <param name="Cursor">`next` of the page before.</param>
/// <param name="Limit">1 to 200, default 50.</param>
/// <param name="Format">csv for the whole list as a table.</param>
internal sealed record CustomerQuery(
    [FromQuery(Name = "tenant")] Guid? Tenant, [FromQuery(Name = "q")] string? Q, [FromQuery(Name = "cursor")] string? Cursor,
    [FromQuery(Name = "limit")] int? Limit, [FromQuery(Name = "format")] string? Format)
{
    private const int DefaultLimit = 50, MostLimit = 200;

    public int Size => Limit ?? DefaultLimit;

    public CustomerSearch Search => CustomerSearch.For(Q ?? "");

    /// <summary>Null when it is not one of ours.</summary>
    public CustomerCursor? After => string.IsNullOrEmpty(Cursor) ? CustomerCursor.Start : CustomerCursor.Read(Cursor);

    public IReadOnlyList<string> Errors() => [.. new[]
    {
        Q is { } q && (q.Length > CustomerSearch.LongestText || q.Any(char.IsControl))
            ? $"'q' must have at most {CustomerSearch.LongestText} characters and no control characters." : null,
        After is null ? "'cursor' is not one of ours: give 'next' of the page before, or none for the first page." : null,
        Size is < 1 or > MostLimit ? $"'limit' must be from 1 to {MostLimit}." : null,
        Format is null or "csv" or "json" ? null : "'format' must be json or csv.",
    }.OfType<string>()];
}

/// <summary><c>GET /api/customers?tenant=&amp;q=&amp;cursor=&amp;limit=</c>: customers by name, those without one last; as a table all of them.</summary>
internal sealed class ListCustomers(CustomerStore store, CustomerSight sight)
{
    private const int TablePage = 500;

    public async Task<IResult> Handle(CustomerQuery query, HttpRequest request, Caller caller, CancellationToken ct)
    {
        if (query.Errors() is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        var tenants = sight.Tenants(caller);
        if (query.Tenant is { } tenant)
        {
            if (!tenants.Contains(tenant))
            {
                return Problems.NotFound("tenant");
            }

            tenants = [tenant];
        }

        var isTable = CustomerCsv.IsAsked(request, query.Format);
        return isTable && !CustomerCsv.MayTake(caller.Role) ? Problems.Forbidden("Customers as a table are for clients and supervisors: ask for pages.")
            : isTable ? CustomerCsv.File(Pages(tenants, query.Search, query.After!.Value, ct))
            : Results.Ok(await Page(tenants, query.Search, query.After!.Value, query.Size, ct));
    }

    private async Task<CustomerPage> Page(IReadOnlyList<Guid> tenants, CustomerSearch search, CustomerCursor after, int size, CancellationToken ct)
    {
        var found = await Find(tenants, search, after, size + 1, ct);
        return new CustomerPage([.. found.Take(size).Select(CustomerItem.Of)], found.Count > size ? found[size - 1].Place.Text() : null);
    }

    private async IAsyncEnumerable<IReadOnlyList<CustomerRow>> Pages(
        IReadOnlyList<Guid> tenants, CustomerSearch search, CustomerCursor after, [EnumeratorCancellation] CancellationToken ct)
    {
        List<CustomerRow> page;
        do
        {
            page = await Find(tenants, search, after, TablePage, ct);
            after = page is [.., var last] ? last.Place : after;
            yield return page;
        }
        while (page.Count == TablePage);
    }

    private async Task<List<CustomerRow>> Find(IReadOnlyList<Guid> tenants, CustomerSearch search, CustomerCursor after, int limit, CancellationToken ct) =>
        tenants.Count == 0 ? [] : await store.InTenants(tenants, t => search.Page(t, tenants, after, limit, ct), ct);
}
