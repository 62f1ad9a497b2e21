// One product of all rows, which the threads of a program share: which kernel multiplies, and who packs what for it. It
// knows nothing of the program, and so is compiled once for all programs.
#pragma once

#include <hourglass/kernels/few_rows.hpp>
#include <hourglass/kernels/matrix_product.hpp>
#include <hourglass/threads/worker.hpp>

HOURGLASS_BEGIN

template <class T> struct whole_product {
    kernels::matrix_operand<T> left, right;
    int m, n, k;
    bool goes_by_rows = false;   // the right operand is packed and shared, else the left one
    bool left_is_packed = false; // by the previous product, in the same place
};

// Where operands are packed: shared by all threads, two in turn so that one wait suffices; and of one thread.
template <class T> struct packing_memory {
    T* shared[2];
    T* panel;
};

// `products` counts what is packed into shared memory.
template <class T> HOURGLASS_NOINLINE void multiply_together(const whole_product<T>& p, const packing_memory<T>& memory,
                                                             worker w, int& products,
                                                             kernels::epilogue_reference<T> epilogue) {
    const auto [left, right, m, n, k, goes_by_rows, left_is_packed] = p;
    if (kernels::prefers_few_rows<T>(m, n, k)) {
        kernels::multiply_few_rows(left, right, m, n, k, memory.panel, w.thread, w.threads, epilogue);
    } else if (goes_by_rows) {
        T* const packed = memory.shared[++products & 1];
        constexpr int columns = kernels::blocking<T>::columns;
        const share panels((n + columns - 1) / columns, w);
        for (long i = panels.first; i < panels.last; ++i)
            kernels::pack_right_panel(packed + i * columns * k, right, k, n, static_cast<int>(i));
        wait_for_all(w);
        kernels::multiply_by_rows<T>(left, packed, m, n, k, memory.panel, w.thread, w.threads, epilogue);
    } else {
        if (!left_is_packed) {
            T* const packed = memory.shared[++products & 1];
            constexpr int block_rows = kernels::blocking<T>::rows;
            const share blocks((m + block_rows - 1) / block_rows, w);
            for (long i = blocks.first; i < blocks.last; ++i)
                kernels::pack_left_block(packed + i * block_rows * k, left, m, k, static_cast<int>(i));
            wait_for_all(w);
        }
        kernels::multiply_packed<T>(memory.shared[products & 1], right, m, n, k, memory.panel, w.thread, w.threads,
                                    epilogue);
    }
}

HOURGLASS_END
